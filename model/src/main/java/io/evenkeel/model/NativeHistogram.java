package io.evenkeel.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One value of a native histogram: sparse buckets with exponential or custom bounds.
///
/// Bucket counts are absolute, one per bucket that the spans name, in the spans' order. Immutable
/// by contract: the arrays are not copied and must not be written to. Bucket bounds follow
/// Prometheus's native histogram specification: with schema n, −4 ≤ n ≤ 8, bucket i covers
/// (b^(i−1), b^i] for b = 2^(2^−n); schema −53 means custom upper bounds.
///
/// @param schema the resolution, or [#CUSTOM_BUCKETS_SCHEMA]
/// @param integer whether every count was given as an integer (it is then written back as one)
/// @param resetHint what is known of a counter reset between the previous value and this one
/// @param zeroThreshold the half width of the zero bucket
/// @param zeroCount observations in the zero bucket
/// @param count all observations
/// @param sum the sum of all observations; its bits may be [StaleMarker]'s
/// @param positiveSpans where the positive buckets lie
/// @param positiveCounts their counts
/// @param negativeSpans where the negative buckets lie
/// @param negativeCounts their counts
/// @param customBounds the upper bounds for the custom schema, else empty
public record NativeHistogram(
    int schema,
    boolean integer,
    ResetHint resetHint,
    double zeroThreshold,
    double zeroCount,
    double count,
    double sum,
    List<Span> positiveSpans,
    double[] positiveCounts,
    List<Span> negativeSpans,
    double[] negativeCounts,
    double[] customBounds) {

  /// The schema of histograms whose bounds are listed.
  public static final int CUSTOM_BUCKETS_SCHEMA = -53;

  /// A run of neighbouring buckets.
  ///
  /// @param offset buckets skipped since the end of the span before (for the first span: the index
  ///   of its first bucket)
  /// @param length how many buckets follow, > 0
  public record Span(int offset, int length) {}

  /// What is known of a counter reset, numbered as on the wire.
  public enum ResetHint {
    UNKNOWN,
    YES,
    NO,
    GAUGE
  }

  public NativeHistogram {
    positiveSpans = List.copyOf(positiveSpans);
    negativeSpans = List.copyOf(negativeSpans);
  }

  /// Whether this value is the marker that ends a series.
  public boolean isStale() {
    return StaleMarker.is(Double.doubleToRawLongBits(sum));
  }

  /// Whether the bounds are listed instead of exponential.
  public boolean hasCustomBounds() {
    return schema == CUSTOM_BUCKETS_SCHEMA;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NativeHistogram that
        && schema == that.schema
        && integer == that.integer
        && resetHint == that.resetHint
        && sameBits(zeroThreshold, that.zeroThreshold)
        && sameBits(zeroCount, that.zeroCount)
        && sameBits(count, that.count)
        && sameBits(sum, that.sum)
        && positiveSpans.equals(that.positiveSpans)
        && Arrays.equals(positiveCounts, that.positiveCounts)
        && negativeSpans.equals(that.negativeSpans)
        && Arrays.equals(negativeCounts, that.negativeCounts)
        && Arrays.equals(customBounds, that.customBounds);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Double.hashCode(count) + Double.hashCode(sum))
        + Arrays.hashCode(positiveCounts);
  }

  private static boolean sameBits(double a, double b) {
    return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
  }
}
