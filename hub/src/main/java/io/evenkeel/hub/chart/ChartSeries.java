package io.evenkeel.hub.chart;

import io.evenkeel.promql.Value.MatrixSeries;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One line of a chart, in buckets. Null is no data, never 0.
///
/// @param labels the series' labels
/// @param avg the mean of each bucket's evaluations
/// @param min the least of each bucket, null when a bucket holds one evaluation only
/// @param max the greatest of each bucket, null when a bucket holds one evaluation only
/// @param stats over all evaluations
public record ChartSeries(
    Map<String, String> labels,
    @Nullable Double[] avg,
    @Nullable Double @Nullable [] min,
    @Nullable Double @Nullable [] max,
    Stats stats) {

  /// The least, mean, greatest and newest evaluation; null when there is none.
  public record Stats(
      @Nullable Double min, @Nullable Double avg, @Nullable Double max, @Nullable Double last) {}

  /// Puts a series' evaluations into a grid's buckets; values that are not finite count as no data.
  static ChartSeries of(MatrixSeries series, ChartGrid grid) {
    int buckets = grid.buckets();
    double[] sums = new double[buckets];
    int[] counts = new int[buckets];
    double[] least = new double[buckets];
    double[] greatest = new double[buckets];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(greatest, Double.NEGATIVE_INFINITY);
    double sum = 0;
    long count = 0;
    Double last = null;
    for (int i = 0; i < series.times().length; i++) {
      double value = series.values()[i];
      if (!Double.isFinite(value) || isHistogram(series, i)) {
        continue;
      }
      int bucket = grid.bucket(series.times()[i]);
      sums[bucket] += value;
      counts[bucket]++;
      least[bucket] = Math.min(least[bucket], value);
      greatest[bucket] = Math.max(greatest[bucket], value);
      sum += value;
      count++;
      last = value;
    }
    @Nullable Double[] means = new @Nullable Double[buckets];
    for (int i = 0; i < buckets; i++) {
      means[i] = counts[i] == 0 ? null : Double.valueOf(sums[i] / counts[i]);
    }
    return new ChartSeries(
        series.labels().toMap(),
        means,
        grid.isSingle() ? null : finite(least),
        grid.isSingle() ? null : finite(greatest),
        new Stats(
            count == 0 ? null : Arrays.stream(least).min().orElseThrow(),
            count == 0 ? null : Double.valueOf(sum / count),
            count == 0 ? null : Arrays.stream(greatest).max().orElseThrow(),
            last));
  }

  private static boolean isHistogram(MatrixSeries series, int index) {
    return series.histograms() != null && series.histograms()[index] != null;
  }

  private static @Nullable Double[] finite(double[] values) {
    @Nullable Double[] boxed = new @Nullable Double[values.length];
    for (int i = 0; i < values.length; i++) {
      boxed[i] = Double.isFinite(values[i]) ? Double.valueOf(values[i]) : null;
    }
    return boxed;
  }
}
