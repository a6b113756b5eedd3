package io.evenkeel.hub.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HampelFilterTest {
  private final HampelFilter filter = new HampelFilter(0.1);

  @Test
  void a_single_spike_in_a_quiet_signal_is_an_outlier_judged_by_the_median() {
    feedNoise(0.2, 0.01, 60, new Random(1));
    OptionalDouble verdict = filter.accept(0.95);
    assertThat(verdict.getAsDouble()).isBetween(0.19, 0.21);
    assertThat(filter.accept(0.2)).isEmpty();
  }

  @Test
  void the_worked_example_of_a_median_and_its_deviation() {
    // 1…21: median 11, the deviations from it are 0 once and 1…10 twice, so MAD 5; the limit is
    // 5 × 1.4826 × 5 = 37.065.
    assertThat(afterOneToTwentyOne().accept(11 + 37.0)).isEmpty();
    assertThat(afterOneToTwentyOne().accept(11 + 37.1)).hasValue(11);
    assertThat(afterOneToTwentyOne().accept(11 - 37.1)).hasValue(11);
  }

  private static HampelFilter afterOneToTwentyOne() {
    HampelFilter plain = new HampelFilter(0);
    for (int i = 1; i <= 21; i++) {
      assertThat(plain.accept(i)).isEmpty();
    }
    return plain;
  }

  @Test
  void nothing_is_judged_before_enough_was_seen() {
    for (int i = 0; i < HampelFilter.FEWEST; i++) {
      assertThat(filter.accept(i % 2 == 0 ? 0 : 1000)).isEmpty();
    }
  }

  @Test
  void a_step_smaller_than_the_signals_smallest_is_none_however_quiet_it_was() {
    for (int i = 0; i < 60; i++) {
      filter.accept(0);
    }
    assertThat(filter.accept(0.09)).isEmpty();
    assertThat(filter.accept(0.11)).hasValue(0);
  }

  @Test
  void a_run_of_outliers_becomes_the_new_level() {
    feedNoise(0.2, 0.01, 60, new Random(2));
    Random random = new Random(3);
    int marked = 0;
    for (int i = 0; i < 60; i++) {
      marked += filter.accept(0.9 + random.nextGaussian() * 0.01).isPresent() ? 1 : 0;
    }
    assertThat(marked).isEqualTo(HampelFilter.LONGEST_RUN);
    assertThat(filter.accept(0.2).getAsDouble()).isBetween(0.85, 0.95);
  }

  @Test
  void normal_noise_is_hardly_ever_marked() {
    Random random = new Random(4);
    int marked = 0;
    HampelFilter plain = new HampelFilter(0);
    for (int i = 0; i < 100_000; i++) {
      marked += plain.accept(random.nextGaussian()).isPresent() ? 1 : 0;
    }
    assertThat(marked).isLessThan(20);
  }

  private void feedNoise(double level, double deviation, int count, Random random) {
    for (int i = 0; i < count; i++) {
      filter.accept(level + random.nextGaussian() * deviation);
    }
  }
}
