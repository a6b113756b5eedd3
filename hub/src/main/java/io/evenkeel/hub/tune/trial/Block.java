package io.evenkeel.hub.tune.trial;

import java.util.Arrays;
import java.util.OptionalDouble;

/// A stretch of time with the change on or off, after the washout. Its value is the median: the
/// samples within a block follow each other too closely to count as many.
///
/// @param value the median of the one measure
/// @param offered how much work came in, measured apart from what the change may move; empty when
///   nobody can tell
public record Block(boolean on, double value, OptionalDouble offered) {
  /// The block of some samples.
  ///
  /// @throws IllegalArgumentException without a sample
  public static Block of(boolean on, double[] samples, double[] offered) {
    return new Block(
        on,
        median(samples),
        offered.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(median(offered)));
  }

  static double median(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a median of nothing");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
