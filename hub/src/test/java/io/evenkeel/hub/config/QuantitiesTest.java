package io.evenkeel.hub.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "90s, PT1M30S",
    "15m, PT15M",
    "1h, PT1H",
    "15d, PT360H",
    "2w, PT336H",
    "1y, PT8760H"
  })
  void durations_are_a_number_and_a_unit(String text, Duration expected) {
    assertThat(Quantities.duration(text)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 512",
    "1kB, 1000",
    "10GB, 10000000000",
    "1KiB, 1024",
    "512MiB, 536870912",
    "1 TiB, 1099511627776"
  })
  void sizes_tell_powers_of_1000_from_powers_of_1024(String text, long expected) {
    assertThat(Quantities.bytes(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "d", "1.5d", "-1s", "15 fortnights", "1d12h", "9999999999999s"})
  void anything_else_is_no_duration(String text) {
    assertThat(Quantities.duration(text)).isEmpty();
  }

  @Test
  void a_size_beyond_a_long_is_none() {
    assertThat(Quantities.bytes("999999999TiB")).isEmpty();
    assertThat(Quantities.bytes("10 GBit")).isEmpty();
  }
}
