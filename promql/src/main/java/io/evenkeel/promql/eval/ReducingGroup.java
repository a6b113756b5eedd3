package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.parse.Expr.Aggregation;
import io.evenkeel.promql.parse.Span;
import java.util.BitSet;
import java.util.List;

/// min, max, count, group, stddev and stdvar of a group: a few numbers at every step.
final class ReducingGroup implements AggregationGroup {
  private final Labels labels;
  private final Aggregation operation;
  private final Annotations annotations;
  private final Span span;

  /// The extreme, or the sum of squared distances from the mean.
  private final double[] values;

  private final double[] means;
  private final int[] counts;
  private final BitSet present;
  private boolean dropsName;

  ReducingGroup(
      Labels labels, Steps steps, Aggregation operation, Annotations annotations, Span span) {
    this.labels = labels;
    this.operation = operation;
    this.annotations = annotations;
    this.span = span;
    int count = steps.count();
    values = new double[count];
    means = new double[count];
    counts = new int[count];
    present = new BitSet(count);
  }

  @Override
  public void add(StepSeries series) {
    dropsName |= series.dropsName();
    BitSet of = series.present();
    for (int step = of.nextSetBit(0); step >= 0; step = of.nextSetBit(step + 1)) {
      switch (operation) {
        case COUNT, GROUP -> {
          counts[step]++;
          present.set(step);
        }
        default -> {
          if (series.histogram(step) == null) {
            add(step, series.values()[step]);
          } else {
            annotations.ignoredInAggregation(operation.keyword(), span);
          }
        }
      }
    }
  }

  private void add(int step, double value) {
    boolean first = !present.get(step);
    present.set(step);
    switch (operation) {
      case MIN -> {
        if (first || values[step] > value || Double.isNaN(values[step])) {
          values[step] = value;
        }
      }
      case MAX -> {
        if (first || values[step] < value || Double.isNaN(values[step])) {
          values[step] = value;
        }
      }
      case STDDEV, STDVAR -> {
        counts[step]++;
        if (first) {
          means[step] = value;
          values[step] = Double.isFinite(value) ? 0 : Double.NaN;
        } else {
          // Welford (Technometrics 4, 1962).
          double delta = value - means[step];
          means[step] += delta / counts[step];
          values[step] += delta * (value - means[step]);
        }
      }
      default -> throw new IllegalStateException(operation + " is not reduced here");
    }
  }

  @Override
  public void finish(List<StepSeries> answer) {
    StepSeries result = StepSeries.empty(labels, dropsName, values.length);
    for (int step = present.nextSetBit(0); step >= 0; step = present.nextSetBit(step + 1)) {
      result.set(
          step,
          switch (operation) {
            case COUNT -> counts[step];
            case GROUP -> 1;
            case STDVAR -> values[step] / counts[step];
            case STDDEV -> Math.sqrt(values[step] / counts[step]);
            default -> values[step];
          });
    }
    answer.add(result);
  }
}
