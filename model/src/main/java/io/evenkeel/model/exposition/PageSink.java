package io.evenkeel.model.exposition;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.wire.WireException;
import org.jspecify.annotations.Nullable;

/// Is told what a page of metrics says while it is read.
public interface PageSink {
  /// Stands for a sample that says no time: it is of the moment at which the page was fetched.
  long NO_TIME = Long.MIN_VALUE;

  /// A number.
  ///
  /// @param series valid during the call only
  /// @param timestampMillis epoch milliseconds, or [#NO_TIME]
  /// @param valueBits the value as raw bits
  /// @param startMillis when the counter began, epoch milliseconds, or 0 when that is not said
  /// @param exemplar an observation behind it, or null
  /// @throws InvalidLabelsException when the series' labels cannot be read: the page is given up
  void sample(
      PageSeries series,
      long timestampMillis,
      long valueBits,
      long startMillis,
      @Nullable Exemplar exemplar)
      throws InvalidLabelsException, WireException;

  /// A native histogram; see [#sample].
  void histogram(
      PageSeries series,
      long timestampMillis,
      NativeHistogram histogram,
      long startMillis,
      @Nullable Exemplar exemplar)
      throws InvalidLabelsException, WireException;

  /// What a family means, after its samples.
  void metadata(MetricMetadata metadata);
}
