package io.evenkeel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelBytesTest {
  @Test
  void come_back_as_they_went() throws InvalidLabelsException {
    Labels labels =
        Labels.of("__name__", "up", "job", "node", "名", "服务器 😀", "long", "x".repeat(300));
    byte[] bytes = LabelBytes.encode(labels);
    assertThat(LabelBytes.decode(bytes, 0, bytes.length)).isEqualTo(labels);
  }

  @Test
  void come_back_from_the_middle_of_a_larger_array() throws InvalidLabelsException {
    byte[] bytes = LabelBytes.encode(Labels.of("a", "1"));
    byte[] larger = new byte[bytes.length + 20];
    Arrays.fill(larger, (byte) 0xFF);
    System.arraycopy(bytes, 0, larger, 7, bytes.length);
    assertThat(LabelBytes.decode(larger, 7, bytes.length)).isEqualTo(Labels.of("a", "1"));
  }

  @Test
  void give_one_identity_to_unsorted_and_empty_labels() throws InvalidLabelsException {
    ByteArrayOutputStream unsorted = new ByteArrayOutputStream();
    unsorted.writeBytes(LabelBytes.encode(Labels.of("b", "2")));
    unsorted.writeBytes(new byte[] {0x0A, 0x03, 0x0A, 0x01, 'c'});
    unsorted.writeBytes(LabelBytes.encode(Labels.of("a", "1")));
    byte[] bytes = unsorted.toByteArray();
    assertThat(LabelBytes.decode(bytes, 0, bytes.length)).isEqualTo(Labels.of("a", "1", "b", "2"));
  }

  @Test
  void refuse_a_name_that_stands_twice() {
    byte[] once = LabelBytes.encode(Labels.of("a", "1"));
    byte[] twice = Arrays.copyOf(once, 2 * once.length);
    System.arraycopy(once, 0, twice, once.length, once.length);
    assertThatThrownBy(() -> LabelBytes.decode(twice, 0, twice.length))
        .isInstanceOf(InvalidLabelsException.class)
        .hasMessageContaining("'a' stands twice");
  }

  @Test
  void refuse_bytes_that_are_not_utf8() {
    byte[] bytes = {0x0A, 0x06, 0x0A, 0x01, 'a', 0x12, 0x01, (byte) 0xC3};
    assertThatThrownBy(() -> LabelBytes.decode(bytes, 0, bytes.length))
        .isInstanceOf(InvalidLabelsException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void refuse_every_cut_with_a_message_and_never_another_exception() {
    byte[] bytes = LabelBytes.encode(Labels.of("name", "value", "other", "x".repeat(200)));
    for (int cut = 0; cut < bytes.length; cut++) {
      int length = cut;
      try {
        LabelBytes.decode(bytes, 0, length);
      } catch (InvalidLabelsException e) {
        assertThat(e).hasMessageMatching(".{10,}");
      }
    }
  }

  @Test
  void refuse_random_damage_with_a_message_and_never_another_exception() {
    Random random = new Random(20261123);
    byte[] good = LabelBytes.encode(Labels.of("name", "value", "other", "服务器"));
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = good.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        Labels labels = LabelBytes.decode(damaged, 0, damaged.length);
        assertThat(labels.toString().getBytes(StandardCharsets.UTF_8)).isNotEmpty();
      } catch (InvalidLabelsException e) {
        assertThat(e).hasMessageMatching("(?s).{10,}");
      }
    }
  }

  /// One text has one string, whichever labels name it, in any writing and many of them.
  @Test
  void share_their_strings_where_they_are_decoded_for_one_answer() throws InvalidLabelsException {
    SharedTexts texts = new SharedTexts();
    List<Labels> decoded = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      Labels labels =
          Labels.of("__name__", "up", "instance", "host-" + i, "地区", "上海", "zone", "é" + i % 3);
      byte[] bytes = LabelBytes.encode(labels);
      Labels shared = LabelBytes.decode(bytes, 0, bytes.length, texts);
      assertThat(shared).isEqualTo(labels).isEqualTo(LabelBytes.decode(bytes, 0, bytes.length));
      decoded.add(shared);
    }
    Map<String, String> one = new HashMap<>();
    for (Labels labels : decoded) {
      for (int i = 0; i < labels.size(); i++) {
        for (String text : List.of(labels.name(i), labels.value(i))) {
          assertThat(text).isSameAs(one.computeIfAbsent(text, same -> same));
        }
      }
    }
    assertThat(one).hasSize(2_000 + 9);
  }
}
