package io.evenkeel.hub.tune.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalshIntervalTest {
  /// Upper tails of Wilcoxon's signed-rank statistic from published tables.
  @ParameterizedTest
  @CsvSource({"5,0.032,15", "6,0.016,21", "6,0.032,20", "6,0.047,19", "8,0.05,31", "10,0.05,45"})
  void the_critical_sums_are_those_of_the_tables(int pairs, double alpha, int sum) {
    assertThat(WalshInterval.rejectingRank(pairs, alpha)).isEqualTo(sum);
  }

  @Test
  void five_pairs_cannot_show_anything_at_a_chance_of_one_in_forty() {
    assertThat(new WalshInterval(new double[] {1, 2, 3, 4, 5}).lower(0.025))
        .isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void six_pairs_on_one_side_are_bounded_by_the_least_of_them() {
    WalshInterval interval = new WalshInterval(new double[] {5, 1, 4, 2, 6, 3});
    assertThat(interval.lower(0.016)).isEqualTo(1);
    assertThat(interval.upper(0.016)).isEqualTo(6);
    assertThat(interval.estimate()).isEqualTo(3.5, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void the_bound_is_where_the_test_over_all_sign_flips_turns(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] differences = random.doubles(8, -1, 2).toArray();
    double bound = new WalshInterval(differences).lower(0.05);
    assertThat(chance(differences, bound - 1e-9)).isLessThanOrEqualTo(0.05);
    assertThat(chance(differences, bound + 1e-9)).isGreaterThan(0.05);
  }

  /// The signed-rank test the long way: every flip of every sign.
  private static double chance(double[] differences, double shift) {
    int count = differences.length;
    double[] moved = new double[count];
    for (int i = 0; i < count; i++) {
      moved[i] = differences[i] - shift;
    }
    int[] ranks = new int[count];
    for (int i = 0; i < count; i++) {
      for (double other : moved) {
        if (Math.abs(other) <= Math.abs(moved[i])) {
          ranks[i]++;
        }
      }
    }
    int seen = 0;
    for (int i = 0; i < count; i++) {
      seen += moved[i] > 0 ? ranks[i] : 0;
    }
    int asExtreme = 0;
    for (int flips = 0; flips < 1 << count; flips++) {
      int sum = 0;
      for (int i = 0; i < count; i++) {
        sum += (flips >> i & 1) * ranks[i];
      }
      asExtreme += sum >= seen ? 1 : 0;
    }
    return asExtreme / (double) (1 << count);
  }
}
