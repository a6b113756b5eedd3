package io.evenkeel.model.remotewrite;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/// The batch being filled, with the count of what is in it and of what was left out. Not
/// thread-safe.
final class DecodedRequest {
  private static final int MAX_DETAILS = 5;

  final RequestLimits limits;
  final HistogramDecoder histograms;
  private final SampleBatch batch;
  private int series;
  private int samples;
  private int refusedSeries;
  private int refusedSamples;
  private int refusedHistograms;
  private int refusedExemplars;
  private int refusedMetadata;
  private final List<String> details = new ArrayList<>();

  DecodedRequest(RequestLimits limits, SampleBatch batch) {
    this.limits = limits;
    this.batch = batch;
    this.histograms = new HistogramDecoder(limits.buckets());
  }

  DecodedWrite outcome() {
    return new DecodedWrite(
        refusedSeries,
        refusedSamples,
        refusedHistograms,
        refusedExemplars,
        refusedMetadata,
        details);
  }

  void countSeries() throws WireException {
    if (++series > limits.series()) {
      throw WireException.tooLarge(
          "more than " + limits.series() + " series: send smaller requests");
    }
  }

  /// Counts samples, histograms or exemplars, kept or not.
  void countSample() throws WireException {
    if (++samples > limits.samples()) {
      throw WireException.tooLarge(
          "more than " + limits.samples() + " samples: send smaller requests");
    }
  }

  int add(byte[] labels, int offset, int length) {
    return batch.addSeries(labels, offset, length);
  }

  void sample(int series, long timestampMillis, long bits, long startMillis) {
    batch.addSample(series, timestampMillis, bits, startMillis);
  }

  /// Adds the histogram that [#histograms] has just read.
  void histogram(int series, long startMillis) {
    NativeHistogram histogram = histograms.histogram();
    if (histogram == null) {
      refusedHistograms++;
      detail("a histogram of " + describe(series) + ": " + histograms.contradiction());
      return;
    }
    batch.addHistogram(
        series,
        histograms.timestampMillis(),
        histogram,
        histograms.startMillis() != 0 ? histograms.startMillis() : startMillis);
  }

  void exemplar(
      int series, byte[] labels, int offset, int length, long bits, long timestampMillis) {
    try {
      batch.addExemplar(
          series,
          new Exemplar(
              LabelBytes.decode(labels, offset, length),
              Double.longBitsToDouble(bits),
              timestampMillis));
    } catch (InvalidLabelsException e) {
      refuseExemplar(series, String.valueOf(e.getMessage()));
    }
  }

  void refuseExemplar(int series, String why) {
    refusedExemplars++;
    detail("an exemplar of " + describe(series) + ": " + why);
  }

  void metadata(String metric, long type, String unit, String help) {
    if (metric.length() > limits.labelValueBytes()
        || unit.length() > limits.labelNameBytes()
        || help.length() > 4 * limits.labelValueBytes()) {
      refusedMetadata++;
      detail(
          "the metadata of '"
              + metric.substring(0, Math.min(64, metric.length()))
              + "' is longer than what is accepted");
      return;
    }
    if (!metric.isEmpty()) {
      batch.addMetadata(new MetricMetadata(metric, type(type), unit, help));
    }
  }

  private static MetricType type(long number) {
    return switch ((int) Math.clamp(number, 0, 8)) {
      case 1 -> MetricType.COUNTER;
      case 2 -> MetricType.GAUGE;
      case 3 -> MetricType.HISTOGRAM;
      case 4 -> MetricType.GAUGE_HISTOGRAM;
      case 5 -> MetricType.SUMMARY;
      case 6 -> MetricType.INFO;
      case 7 -> MetricType.STATE_SET;
      default -> MetricType.UNKNOWN;
    };
  }

  void refuseSeries(String why) {
    refusedSeries++;
    detail(why);
  }

  void refuseSample() {
    refusedSamples++;
  }

  private String describe(int series) {
    try {
      return batch.labels(series).toString();
    } catch (InvalidLabelsException e) {
      return "a series without readable labels";
    }
  }

  private void detail(String text) {
    if (details.size() < MAX_DETAILS) {
      details.add(text);
    }
  }
}
