package io.evenkeel.promql;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a query evaluates to. Times are epoch milliseconds.
public sealed interface Value {

  /// A single number.
  record Scalar(long timestampMillis, double value) implements Value {}

  /// A single string.
  record Text(long timestampMillis, String value) implements Value {}

  /// At most one sample per series, all at the same time.
  record InstantVector(List<VectorSample> samples) implements Value {
    public InstantVector {
      samples = List.copyOf(samples);
    }
  }

  /// Several samples per series.
  record RangeVector(List<MatrixSeries> series) implements Value {
    public RangeVector {
      series = List.copyOf(series);
    }
  }

  /// One series' sample of an instant vector.
  ///
  /// @param value the number; for a histogram the bits of its sum
  /// @param histogram the histogram, or null when the sample is a number
  record VectorSample(
      Labels labels, long timestampMillis, double value, @Nullable NativeHistogram histogram) {}

  /// One series' samples of a range vector, in time order. The arrays belong to the value.
  ///
  /// @param times one entry per sample
  /// @param values one entry per sample; meaningless where a histogram stands
  /// @param histograms one entry per sample, null where a number stands; null when there are only
  ///   numbers
  record MatrixSeries(
      Labels labels,
      long[] times,
      double[] values,
      @Nullable NativeHistogram @Nullable [] histograms) {}
}
