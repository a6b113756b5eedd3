package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.parse.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Groups that look at all of their series together: quantile, topk, limitk and their kin.
final class SelectingGroups {
  private SelectingGroups() {}

  /// quantile.
  static final class Quantiles implements AggregationGroup {
    private final Labels labels;
    private final Steps steps;
    private final double[] phi;
    private final Annotations annotations;
    private final Span span;
    private final List<StepSeries> members = new ArrayList<>();

    Quantiles(Labels labels, Steps steps, double[] phi, Annotations annotations, Span span) {
      this.labels = labels;
      this.steps = steps;
      this.phi = phi;
      this.annotations = annotations;
      this.span = span;
    }

    @Override
    public void add(StepSeries series) {
      members.add(series);
    }

    @Override
    public void finish(List<StepSeries> answer) {
      boolean dropsName = members.stream().anyMatch(StepSeries::dropsName);
      StepSeries result = StepSeries.empty(labels, dropsName, steps.count());
      double[] values = new double[members.size()];
      for (int step = 0; step < steps.count(); step++) {
        int count = 0;
        for (StepSeries member : members) {
          if (member.has(step)) {
            if (member.histogram(step) == null) {
              values[count++] = member.values()[step];
            } else {
              annotations.ignoredInAggregation("quantile", span);
            }
          }
        }
        if (count > 0) {
          double[] sorted = Arrays.copyOf(values, count);
          Quantile.sort(sorted);
          result.set(step, Quantile.of(phi[step], sorted));
        }
      }
      answer.add(result);
    }
  }

  /// topk and bottomk.
  static final class Best implements AggregationGroup {
    private final Steps steps;
    private final int[] most;
    private final boolean largest;
    private final Annotations annotations;
    private final Span span;
    private final List<StepSeries> members = new ArrayList<>();

    Best(Steps steps, int[] most, boolean largest, Annotations annotations, Span span) {
      this.steps = steps;
      this.most = most;
      this.largest = largest;
      this.annotations = annotations;
      this.span = span;
    }

    @Override
    public void add(StepSeries series) {
      members.add(series);
    }

    @Override
    public void finish(List<StepSeries> answer) {
      StepSeries[] kept = new StepSeries[members.size()];
      int[] order = new int[members.size()];
      List<StepSeries> inOrder = new ArrayList<>();
      for (int step = 0; step < steps.count(); step++) {
        int size = 0;
        for (int i = 0; i < members.size(); i++) {
          if (members.get(i).has(step)) {
            if (members.get(i).histogram(step) == null) {
              size = insert(order, size, i, step);
            } else {
              annotations.ignoredInAggregation(largest ? "topk" : "bottomk", span);
            }
          }
        }
        for (int rank = 0; rank < size; rank++) {
          int i = order[rank];
          StepSeries member = members.get(i);
          if (kept[i] == null) {
            kept[i] = StepSeries.empty(member.labels(), member.dropsName(), steps.count());
            inOrder.add(kept[i]);
          }
          kept[i].copy(member, step, step);
        }
      }
      // For a single step that is the order of the values.
      answer.addAll(inOrder);
    }

    /// Puts a member into the best so far, best first, and answers how many there are.
    private int insert(int[] order, int size, int member, int step) {
      double value = members.get(member).values()[step];
      int limit = Math.min(most[step], order.length);
      if (limit == 0
          || (size == limit && !isBetter(value, members.get(order[size - 1]).values()[step]))) {
        return size;
      }
      int at = size;
      while (at > 0 && isBetter(value, members.get(order[at - 1]).values()[step])) {
        at--;
      }
      int moved = Math.min(size, limit - 1) - at;
      System.arraycopy(order, at, order, at + 1, Math.max(0, moved));
      order[at] = member;
      return Math.min(size + 1, limit);
    }

    /// NaN is worse than anything.
    private boolean isBetter(double value, double other) {
      if (Double.isNaN(value) || Double.isNaN(other)) {
        return !Double.isNaN(value);
      }
      return largest ? value > other : value < other;
    }
  }

  /// limitk: at each step the first series that have a sample.
  static final class First implements AggregationGroup {
    private final Steps steps;
    private final int[] left;
    private final List<StepSeries> kept = new ArrayList<>();

    First(Steps steps, int[] most) {
      this.steps = steps;
      this.left = most.clone();
    }

    @Override
    public void add(StepSeries series) {
      StepSeries taken = StepSeries.empty(series.labels(), series.dropsName(), steps.count());
      for (int step = 0; step < steps.count(); step++) {
        if (left[step] > 0 && series.has(step)) {
          left[step]--;
          taken.copy(series, step, step);
        }
      }
      kept.add(taken);
    }

    @Override
    public void finish(List<StepSeries> answer) {
      answer.addAll(kept);
    }
  }

  /// limit_ratio: the same series at every step, chosen by a hash of their labels; r keeps those in
  /// [0, r), −r the complement of 1 − r.
  static final class Ratio implements AggregationGroup {
    private final Steps steps;
    private final double[] ratios;
    private final List<StepSeries> kept = new ArrayList<>();

    Ratio(Steps steps, double[] ratios) {
      this.steps = steps;
      this.ratios = ratios;
    }

    @Override
    public void add(StepSeries series) {
      StepSeries taken = StepSeries.empty(series.labels(), series.dropsName(), steps.count());
      double place = LabelsHash.place(series.labels());
      for (int step = 0; step < steps.count(); step++) {
        double ratio = ratios[step];
        if (series.has(step) && (ratio >= 0 ? place < ratio || ratio == 1 : place >= 1 + ratio)) {
          taken.copy(series, step, step);
        }
      }
      kept.add(taken);
    }

    @Override
    public void finish(List<StepSeries> answer) {
      answer.addAll(kept);
    }
  }

  /// count_values.
  static final class CountValues implements AggregationGroup {
    private final Steps steps;
    private final String label;
    private final UnaryOperator<Labels> grouping;
    private final Map<Labels, StepSeries> counts = new LinkedHashMap<>();

    /// @param grouping which labels of a series stay; the label with the value is among them
    CountValues(Steps steps, String label, UnaryOperator<Labels> grouping) {
      this.steps = steps;
      this.label = label;
      this.grouping = grouping;
    }

    @Override
    public void add(StepSeries series) {
      for (int step = series.present().nextSetBit(0);
          step >= 0;
          step = series.present().nextSetBit(step + 1)) {
        Histogram histogram = series.histogram(step);
        String text =
            histogram == null ? FloatText.plain(series.values()[step]) : histogram.toString();
        // The value is a label like any other, and may stand in the place of one.
        StepSeries counted =
            counts.computeIfAbsent(
                grouping.apply(series.labels().with(label, text)),
                labels -> StepSeries.empty(labels, false, steps.count()));
        counted.set(step, counted.has(step) ? counted.values()[step] + 1 : 1);
      }
    }

    @Override
    public void finish(List<StepSeries> answer) {
      counts.values().stream()
          .sorted(Comparator.comparing(StepSeries::labels))
          .forEach(answer::add);
    }
  }
}
