package io.evenkeel.promql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FloatTextTest {
  @Test
  void writes_numbers_as_go_does() {
    assertThat(FloatText.of(1)).isEqualTo("1");
    assertThat(FloatText.of(0.1)).isEqualTo("0.1");
    assertThat(FloatText.of(-0.0)).isEqualTo("-0");
    assertThat(FloatText.of(1e20)).isEqualTo("100000000000000000000");
    assertThat(FloatText.of(1e21)).isEqualTo("1e+21");
    assertThat(FloatText.of(1.5e-7)).isEqualTo("1.5e-07");
    assertThat(FloatText.of(1e-6)).isEqualTo("0.000001");
    assertThat(FloatText.of(-1.25e300)).isEqualTo("-1.25e+300");
    assertThat(FloatText.of(Double.NaN)).isEqualTo("NaN");
    assertThat(FloatText.of(Double.NEGATIVE_INFINITY)).isEqualTo("-Inf");
    assertThat(FloatText.plain(1e21)).isEqualTo("1000000000000000000000");
  }

  @Test
  void writes_text_that_reads_back_as_the_same_number() {
    Random random = new Random(20261123);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(FloatText.of(value))).isEqualTo(value);
      }
    }
  }

  @Test
  void every_number_without_exponent_is_what_exact_arithmetic_prints() {
    java.util.SplittableRandom random = new java.util.SplittableRandom(7);
    for (int i = 0; i < 200_000; i++) {
      double value =
          i % 2 == 0
              ? Double.longBitsToDouble(random.nextLong())
              : Math.rint(random.nextDouble() * 1e12) / Math.pow(10, i % 13);
      if (Double.isFinite(value) && value != 0) {
        assertThat(FloatText.plain(value))
            .isEqualTo(
                new java.math.BigDecimal(Double.toString(value))
                    .stripTrailingZeros()
                    .toPlainString());
      }
    }
  }
}
