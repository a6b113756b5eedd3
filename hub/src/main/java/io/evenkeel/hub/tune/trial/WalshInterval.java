package io.evenkeel.hub.tune.trial;

import java.util.Arrays;

/// The exact one-sided interval of Wilcoxon's signed-rank test, found by inverting it: under 'no
/// effect' every difference may as well have had the other sign, so that the distribution of the
/// test is counted over all sign flips, and a bound is one of the ordered Walsh averages
/// (Hollander, Wolfe and Chicken, 'Nonparametric Statistical Methods', 3rd ed., section 3.3; Hodges
/// and Lehmann, 1963).
final class WalshInterval {
  private final double[] averages;
  private final int count;

  /// @param differences one for each pair
  WalshInterval(double[] differences) {
    count = differences.length;
    averages = new double[count * (count + 1) / 2];
    int next = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i; j < count; j++) {
        averages[next++] = (differences[i] + differences[j]) / 2;
      }
    }
    Arrays.sort(averages);
  }

  /// The estimate of Hodges and Lehmann: the median of the averages.
  double estimate() {
    return Block.median(averages);
  }

  /// Below which the effect is with no more than this chance of being wrong; minus infinity when so
  /// few pairs cannot tell.
  double lower(double alpha) {
    int rank = rejectingRank(count, alpha);
    return rank > averages.length ? Double.NEGATIVE_INFINITY : averages[averages.length - rank];
  }

  /// The same from above.
  double upper(double alpha) {
    int rank = rejectingRank(count, alpha);
    return rank > averages.length ? Double.POSITIVE_INFINITY : averages[rank - 1];
  }

  /// The smallest sum of ranks that chance reaches no more often than `alpha`; one more than the
  /// greatest sum when there is none.
  static int rejectingRank(int pairs, double alpha) {
    int greatest = pairs * (pairs + 1) / 2;
    double[] ways = new double[greatest + 1];
    ways[0] = 1;
    for (int rank = 1; rank <= pairs; rank++) {
      for (int sum = greatest; sum >= rank; sum--) {
        ways[sum] += ways[sum - rank];
      }
    }
    double all = Math.pow(2, pairs);
    double tail = 0;
    for (int sum = greatest; sum >= 0; sum--) {
      tail += ways[sum];
      if (tail / all > alpha) {
        return sum + 1;
      }
    }
    return 0;
  }
}
