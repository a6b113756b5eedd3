package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.eval.Annotations.HistogramOperation;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.histogram.HistogramSum;
import io.evenkeel.promql.parse.Span;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sum or mean of a group, with compensated summation at every step.
final class SummingGroup implements AggregationGroup {
  private final Labels labels;
  private final boolean mean;
  private final Annotations annotations;
  private final Span span;
  private final double[] sums;
  private final double[] errors;
  private final int[] counts;
  private final BitSet numbers;

  /// Where adding up would overflow, so that the running mean is kept instead.
  private final BitSet running = new BitSet();

  private @Nullable HistogramSum @Nullable [] histograms;
  private final BitSet incompatible = new BitSet();
  private boolean dropsName;

  SummingGroup(Labels labels, Steps steps, boolean mean, Annotations annotations, Span span) {
    this.labels = labels;
    this.mean = mean;
    this.annotations = annotations;
    this.span = span;
    int count = steps.count();
    sums = new double[count];
    errors = new double[count];
    counts = new int[mean ? count : 0];
    numbers = new BitSet(count);
  }

  @Override
  public void add(StepSeries series) {
    dropsName |= series.dropsName();
    BitSet present = series.present();
    if (!series.hasHistograms()) {
      double[] values = series.values();
      for (int step = present.nextSetBit(0); step >= 0; ) {
        int end = present.nextClearBit(step);
        for (; step < end; step++) {
          add(step, values[step]);
        }
        step = present.nextSetBit(end);
      }
      numbers.or(present);
      return;
    }
    for (int step = present.nextSetBit(0); step >= 0; step = present.nextSetBit(step + 1)) {
      Histogram histogram = series.histogram(step);
      if (histogram == null) {
        add(step, series.values()[step]);
        numbers.set(step);
      } else {
        add(step, histogram, series);
      }
    }
  }

  private void add(int step, double value) {
    if (!mean) {
      plus(step, sums[step], errors[step], value);
      return;
    }
    double count = ++counts[step];
    if (count == 1) {
      sums[step] = value;
      return;
    }
    if (!running.get(step)) {
      if (!Double.isInfinite(sums[step] + value)) {
        plus(step, sums[step], errors[step], value);
        return;
      }
      running.set(step);
      sums[step] /= count - 1;
      errors[step] /= count - 1;
    }
    double part = (count - 1) / count;
    plus(step, part * sums[step], part * errors[step], value / count);
  }

  private void plus(int step, double from, double error, double value) {
    double next = from + value;
    if (Double.isInfinite(next)) {
      errors[step] = 0;
    } else if (Math.abs(from) >= Math.abs(value)) {
      errors[step] = error + ((from - next) + value);
    } else {
      errors[step] = error + ((value - next) + from);
    }
    sums[step] = next;
  }

  private void add(int step, Histogram histogram, StepSeries series) {
    if (histograms == null) {
      histograms = new HistogramSum[sums.length];
    }
    HistogramSum sum = histograms[step];
    if (sum == null) {
      histograms[step] = new HistogramSum(histogram);
    } else if (!incompatible.get(step)
        && !(mean ? sum.addForMean(histogram) : sum.add(histogram))) {
      incompatible.set(step);
      annotations.mixedSchemas(series.labels().metricName(), span);
    }
  }

  @Override
  public void finish(List<StepSeries> answer) {
    StepSeries result = StepSeries.empty(labels, dropsName, sums.length);
    answer.add(result);
    for (int step = 0; step < sums.length; step++) {
      HistogramSum histogram = histograms == null ? null : histograms[step];
      if (histogram == null) {
        if (numbers.get(step)) {
          result.set(step, number(step));
        }
      } else if (numbers.get(step)) {
        annotations.mixedFloatsAndHistogramsInAggregation(span);
      } else if (!incompatible.get(step)) {
        if (histogram.hintsCollide()) {
          annotations.collidingResets(HistogramOperation.AGGREGATION, span);
        }
        if (histogram.boundsReconciled()) {
          annotations.reconciledBounds(HistogramOperation.AGGREGATION, span);
        }
        result.set(step, (mean ? histogram.mean() : histogram.sum()).compact());
      }
    }
  }

  private double number(int step) {
    if (!mean || running.get(step)) {
      return sums[step] + errors[step];
    }
    return sums[step] / counts[step] + errors[step] / counts[step];
  }
}
