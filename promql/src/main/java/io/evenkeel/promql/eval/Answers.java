package io.evenkeel.promql.eval;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.MatrixSeries;
import io.evenkeel.promql.Value.VectorSample;
import io.evenkeel.promql.histogram.Histogram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns evaluated series into the values that a query answers.
final class Answers {
  private Answers() {}

  /// About how much memory a result takes.
  static long bytes(Result result) {
    return switch (result) {
      case Result.Scalars scalars -> 8L * scalars.values().length;
      case Result.Text text -> 0;
      case Result.Vector vector -> {
        long bytes = 0;
        for (StepSeries series : vector.series()) {
          bytes += series.bytes();
        }
        yield bytes;
      }
    };
  }

  static Value.InstantVector vector(List<StepSeries> series, long time) {
    List<VectorSample> samples = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      if (one.has(0)) {
        Histogram histogram = one.histogram(0);
        samples.add(
            new VectorSample(
                one.labels(),
                time,
                histogram == null ? one.values()[0] : histogram.sum(),
                histogram == null ? null : histogram.toNative()));
      }
    }
    return new Value.InstantVector(samples);
  }

  static Value.RangeVector matrix(List<StepSeries> series, Steps steps) {
    List<MatrixSeries> all = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      if (!one.isEmpty()) {
        all.add(points(one, steps));
      }
    }
    return matrix(all);
  }

  static Value.RangeVector matrix(List<MatrixSeries> series) {
    List<MatrixSeries> sorted = new ArrayList<>(series);
    sorted.sort(Comparator.comparing(MatrixSeries::labels));
    return new Value.RangeVector(sorted);
  }

  private static MatrixSeries points(StepSeries series, Steps steps) {
    int size = series.present().cardinality();
    long[] times = new long[size];
    double[] values = new double[size];
    @Nullable NativeHistogram[] histograms =
        series.hasHistograms() ? new NativeHistogram[size] : null;
    int at = 0;
    for (int step = series.present().nextSetBit(0);
        step >= 0;
        step = series.present().nextSetBit(step + 1)) {
      times[at] = steps.time(step);
      Histogram histogram = series.histogram(step);
      if (histogram == null || histograms == null) {
        values[at] = series.values()[step];
      } else {
        values[at] = histogram.sum();
        histograms[at] = histogram.toNative();
      }
      at++;
    }
    return new MatrixSeries(series.labels(), times, values, histograms);
  }
}
