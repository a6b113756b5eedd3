package io.evenkeel.promql.eval;

import java.util.Arrays;

/// Quantiles as Prometheus interpolates them.
final class Quantile {
  private Quantile() {}

  /// Sorts ascending with NaN first, which Prometheus takes for the smallest.
  static void sort(double[] values) {
    Arrays.sort(values);
    int numbers = values.length;
    while (numbers > 0 && Double.isNaN(values[numbers - 1])) {
      numbers--;
    }
    if (numbers < values.length) {
      int nans = values.length - numbers;
      System.arraycopy(values, 0, values, nans, numbers);
      Arrays.fill(values, 0, nans, Double.NaN);
    }
  }

  /// The φ-quantile of sorted values: −Inf below 0, +Inf above 1, NaN of nothing.
  static double of(double phi, double[] sorted) {
    if (sorted.length == 0 || Double.isNaN(phi)) {
      return Double.NaN;
    }
    if (phi < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (phi > 1) {
      return Double.POSITIVE_INFINITY;
    }
    double rank = phi * (sorted.length - 1);
    int lower = (int) Math.max(0, Math.floor(rank));
    int upper = Math.min(sorted.length - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    return sorted[lower] * (1 - weight) + sorted[upper] * weight;
  }
}
