package io.evenkeel.agent.collect.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PerfDataTest {
  /// Captured from a Temurin 25 with the serial collector.
  static byte[] captured() throws IOException {
    try (InputStream in = PerfDataTest.class.getResourceAsStream("/fixtures/jvm/hsperfdata")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void the_times_of_the_collectors_are_read() throws IOException {
    var values = PerfData.longs(captured(), "sun.");
    assertThat(values).containsKeys("sun.os.hrt.frequency", "sun.gc.collector.0.time");
    assertThat(values.get("sun.os.hrt.frequency"))
        .extracting(PerfData.Entry::value)
        .isEqualTo(1_000_000_000L);
  }

  @Test
  void what_is_cut_off_or_broken_gives_less_and_never_fails() throws IOException {
    byte[] whole = captured();
    assertThat(PerfData.longs(new byte[0], "")).isEmpty();
    for (int size = 0; size < whole.length; size += 61) {
      assertThat(PerfData.longs(Arrays.copyOf(whole, size), "sun.").size())
          .isLessThanOrEqualTo(PerfData.longs(whole, "sun.").size());
    }
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] broken = whole.clone();
      for (int j = 0; j < 20; j++) {
        broken[random.nextInt(4_096)] = (byte) random.nextInt();
      }
      assertThat(PerfData.longs(broken, "sun.gc.")).isNotNull();
    }
  }
}
