package io.evenkeel.hub.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// A profile as pprof reads it, decoded by the rules of protobuf's encoding alone.
class PprofTest {
  private record Field(int number, long value, byte[] bytes) {}

  private static List<Field> fields(byte[] message) {
    List<Field> fields = new ArrayList<>();
    int[] at = {0};
    while (at[0] < message.length) {
      long tag = varint(message, at);
      if ((tag & 7) == 0) {
        fields.add(new Field((int) (tag >> 3), varint(message, at), new byte[0]));
      } else {
        assertThat(tag & 7).isEqualTo(2);
        int length = (int) varint(message, at);
        byte[] bytes = Arrays.copyOfRange(message, at[0], at[0] + length);
        fields.add(new Field((int) (tag >> 3), 0, bytes));
        at[0] += length;
      }
    }
    return fields;
  }

  private static long varint(byte[] bytes, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at[0]++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static List<Field> of(List<Field> fields, int number) {
    return fields.stream().filter(field -> field.number == number).toList();
  }

  private static long number(byte[] message, int field) {
    return of(fields(message), field).getFirst().value;
  }

  private static List<Long> packed(byte[] message, int field) {
    byte[] bytes = of(fields(message), field).getFirst().bytes;
    List<Long> values = new ArrayList<>();
    int[] at = {0};
    while (at[0] < bytes.length) {
      values.add(varint(bytes, at));
    }
    return values;
  }

  @Test
  void stacks_are_samples_whose_locations_lead_to_the_names() throws IOException {
    Map<String, Long> stacks = new LinkedHashMap<>();
    stacks.put("a.Main.run_[j];read;sys_read_[k]", 300L);
    stacks.put("a.Main.run_[j]", 1L);
    Profile.Result result =
        new Profile.Result(
            "jfr",
            "java",
            5,
            10_000,
            "samples",
            10_000_000,
            301,
            2,
            1,
            null,
            null,
            List.of(),
            List.of());
    byte[] plain;
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(Pprof.of(result, stacks)))) {
      plain = in.readAllBytes();
    }
    List<Field> profile = fields(plain);
    List<String> strings =
        of(profile, 6).stream()
            .map(field -> new String(field.bytes, StandardCharsets.UTF_8))
            .toList();
    assertThat(strings.getFirst()).isEmpty();
    Map<Long, String> names = new LinkedHashMap<>();
    Map<Long, String> files = new LinkedHashMap<>();
    for (Field function : of(profile, 5)) {
      long id = number(function.bytes, 1);
      names.put(id, strings.get((int) number(function.bytes, 2)));
      files.put(id, strings.get((int) number(function.bytes, 4)));
    }
    Map<Long, Long> functions = new LinkedHashMap<>();
    for (Field location : of(profile, 4)) {
      byte[] line = of(fields(location.bytes), 4).getFirst().bytes;
      functions.put(number(location.bytes, 1), number(line, 1));
    }
    List<String> read = new ArrayList<>();
    for (Field sample : of(profile, 2)) {
      List<String> frames =
          packed(sample.bytes, 1).stream().map(id -> names.get(functions.get(id))).toList();
      read.add(frames + " " + packed(sample.bytes, 2));
    }
    assertThat(read)
        .containsExactly(
            "[sys_read, read, a.Main.run] [300, 3000000000]", "[a.Main.run] [1, 10000000]");
    assertThat(files.values()).containsExactlyInAnyOrder("a.Main", "", "kernel");
    assertThat(of(profile, 1)).hasSize(2);
    assertThat(of(profile, 12).getFirst().value).isEqualTo(10_000_000);
  }

  @Test
  void differences_have_both_counts_of_every_stack() {
    assertThat(Difference.text(Map.of("a;b", 2L, "a", 1L), Map.of("a;b", 5L, "c", 7L)))
        .isEqualTo("a 1 0\na;b 2 5\nc 0 7\n");
  }
}
