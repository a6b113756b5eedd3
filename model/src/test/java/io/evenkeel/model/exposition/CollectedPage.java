package io.evenkeel.model.exposition;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps everything that a page tells.
final class CollectedPage implements PageSink {
  /// One number or histogram.
  record Told(
      String series,
      long timestampMillis,
      double value,
      long startMillis,
      @Nullable NativeHistogram histogram,
      @Nullable Exemplar exemplar) {}

  final List<Told> samples = new ArrayList<>();
  final List<MetricMetadata> metadata = new ArrayList<>();

  @Override
  public void sample(
      PageSeries series,
      long timestampMillis,
      long valueBits,
      long startMillis,
      @Nullable Exemplar exemplar)
      throws InvalidLabelsException {
    samples.add(
        new Told(
            series.labels().toString(),
            timestampMillis,
            Double.longBitsToDouble(valueBits),
            startMillis,
            null,
            exemplar));
  }

  @Override
  public void histogram(
      PageSeries series,
      long timestampMillis,
      NativeHistogram histogram,
      long startMillis,
      @Nullable Exemplar exemplar)
      throws InvalidLabelsException {
    samples.add(
        new Told(
            series.labels().toString(),
            timestampMillis,
            histogram.sum(),
            startMillis,
            histogram,
            exemplar));
  }

  @Override
  public void metadata(MetricMetadata entry) {
    metadata.add(entry);
  }

  List<String> lines() {
    return samples.stream().map(told -> told.series + " " + told.value).toList();
  }
}
