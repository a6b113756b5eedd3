package io.evenkeel.promql.eval;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.Aggregation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// sum, topk and their kin: series by groups, step by step.
final class Aggregations {
  private Aggregations() {}

  static Result aggregate(
      Expr.Aggregate node, Optional<Result> parameter, List<StepSeries> series, Steps steps) {
    Map<Labels, List<StepSeries>> groups = new LinkedHashMap<>();
    Set<String> names = new HashSet<>(node.labels());
    if (node.without()) {
      names.add(Label.METRIC_NAME);
    }
    for (StepSeries one : series) {
      Labels group = node.without() ? one.labels().without(names) : one.labels().keep(names);
      groups.computeIfAbsent(group, key -> new ArrayList<>()).add(one);
    }
    List<StepSeries> answer = new ArrayList<>();
    groups.forEach((labels, members) -> {
      switch (node.operation()) {
        case SUM, AVG, MIN, MAX, COUNT, GROUP, STDDEV, STDVAR, QUANTILE ->
            answer.add(reduce(node.operation(), labels, members, numbers(parameter, steps), steps));
        case TOPK -> answer.addAll(pick(members, numbers(parameter, steps), steps, true));
        case BOTTOMK -> answer.addAll(pick(members, numbers(parameter, steps), steps, false));
        case LIMITK -> answer.addAll(limit(members, numbers(parameter, steps), steps));
        case LIMIT_RATIO -> answer.addAll(limitRatio(members, numbers(parameter, steps), steps));
        case COUNT_VALUES -> answer.addAll(countValues(labels, members, label(parameter), steps));
      }
    });
    return new Result.Vector(answer);
  }

  private static double[] numbers(Optional<Result> parameter, Steps steps) {
    return parameter.orElse(null) instanceof Result.Scalars scalars
        ? scalars.values()
        : new double[steps.count()];
  }

  private static String label(Optional<Result> parameter) {
    if (parameter.orElse(null) instanceof Result.Text text && !text.value().isEmpty()) {
      return text.value();
    }
    throw new QueryException.Failed("invalid label name \"\" in count_values");
  }

  private static StepSeries reduce(
      Aggregation operation,
      Labels labels,
      List<StepSeries> members,
      double[] parameter,
      Steps steps) {
    StepSeries answer = StepSeries.empty(labels, steps.count());
    double[] values = new double[members.size()];
    for (int step = 0; step < steps.count(); step++) {
      int count = 0;
      for (StepSeries member : members) {
        if (member.has(step)) {
          values[count++] = member.values()[step];
        }
      }
      if (count > 0) {
        answer.set(step, reduce(operation, values, count, parameter[step]));
      }
    }
    return answer;
  }

  private static double reduce(
      Aggregation operation, double[] values, int count, double parameter) {
    return switch (operation) {
      case SUM -> sum(values, count);
      case AVG -> average(values, count);
      case MIN -> extreme(values, count, false);
      case MAX -> extreme(values, count, true);
      case COUNT -> count;
      case GROUP -> 1;
      case STDVAR -> variance(values, count);
      case STDDEV -> Math.sqrt(variance(values, count));
      case QUANTILE -> {
        double[] sorted = java.util.Arrays.copyOf(values, count);
        Quantile.sort(sorted);
        yield Quantile.of(parameter, sorted);
      }
      case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO, COUNT_VALUES ->
          throw new IllegalStateException(operation + " does not reduce");
    };
  }

  private static double sum(double[] values, int count) {
    KahanSum sum = new KahanSum();
    for (int i = 0; i < count; i++) {
      sum.add(values[i]);
    }
    return sum.value();
  }

  private static double average(double[] values, int count) {
    double sum = sum(values, count);
    if (!Double.isInfinite(sum)) {
      return sum / count;
    }
    // The sum overflowed, or a value is infinite: the running mean tells which.
    double mean = 0;
    for (int i = 0; i < count; i++) {
      if (Double.isInfinite(mean) && Double.isFinite(values[i])) {
        continue;
      }
      mean =
          Double.isInfinite(values[i])
              ? mean + values[i]
              : mean + (values[i] / (i + 1) - mean / (i + 1));
    }
    return mean;
  }

  /// NaN only when there is nothing else.
  private static double extreme(double[] values, int count, boolean largest) {
    double best = values[0];
    for (int i = 1; i < count; i++) {
      if (Double.isNaN(best) || (largest ? values[i] > best : values[i] < best)) {
        best = values[i];
      }
    }
    return best;
  }

  private static double variance(double[] values, int count) {
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double delta = values[i] - mean;
      mean += delta / (i + 1);
      squares += delta * (values[i] - mean);
    }
    return squares / count;
  }

  /// How many to keep at a step.
  private static int keep(double parameter) {
    if (Double.isNaN(parameter)) {
      throw new QueryException.Failed("Parameter value is NaN");
    }
    if (parameter >= 0x1p63 || parameter < -0x1p63) {
      throw new QueryException.Failed(
          "Scalar value " + FloatText.of(parameter) + " overflows int64");
    }
    return (int) Math.clamp((long) parameter, 0, Integer.MAX_VALUE);
  }

  private static List<StepSeries> pick(
      List<StepSeries> members, double[] parameter, Steps steps, boolean largest) {
    List<StepSeries> kept =
        members.stream().map(m -> StepSeries.empty(m.labels(), steps.count())).toList();
    List<Integer> order = new ArrayList<>();
    for (int step = 0; step < steps.count(); step++) {
      int most = keep(parameter[step]);
      order.clear();
      for (int i = 0; i < members.size(); i++) {
        if (members.get(i).has(step)) {
          order.add(i);
        }
      }
      int now = step;
      Comparator<Integer> byValue =
          (a, b) -> compare(members.get(a).values()[now], members.get(b).values()[now], largest);
      order.sort(byValue);
      for (int i = 0; i < Math.min(most, order.size()); i++) {
        kept.get(order.get(i)).set(step, members.get(order.get(i)).values()[step]);
      }
      if (steps.count() == 1) {
        // An instant answer comes in the order of its values.
        return order.stream().limit(most).map(kept::get).toList();
      }
    }
    return kept;
  }

  /// Best first; NaN always last.
  private static int compare(double a, double b, boolean largest) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
    }
    return largest ? Double.compare(b, a) : Double.compare(a, b);
  }

  private static List<StepSeries> limit(List<StepSeries> members, double[] parameter, Steps steps) {
    List<StepSeries> kept =
        members.stream().map(m -> StepSeries.empty(m.labels(), steps.count())).toList();
    for (int step = 0; step < steps.count(); step++) {
      int left = keep(parameter[step]);
      for (int i = 0; i < members.size() && left > 0; i++) {
        if (members.get(i).has(step)) {
          kept.get(i).set(step, members.get(i).values()[step]);
          left--;
        }
      }
    }
    return kept;
  }

  /// The same series at every step, chosen by a hash of their labels: r keeps those in [0, r), −r
  /// the complement of 1 − r.
  private static List<StepSeries> limitRatio(
      List<StepSeries> members, double[] parameter, Steps steps) {
    List<StepSeries> kept = new ArrayList<>();
    for (StepSeries member : members) {
      StepSeries chosen = StepSeries.empty(member.labels(), steps.count());
      int mixed = member.labels().hashCode() * 0x9E3779B9;
      double place = (mixed >>> 1) / (double) Integer.MAX_VALUE;
      for (int step = 0; step < steps.count(); step++) {
        double ratio = Math.clamp(parameter[step], -1.0, 1.0);
        if (Double.isNaN(parameter[step])) {
          throw new QueryException.Failed("Ratio value is NaN");
        }
        if (member.has(step) && (ratio >= 0 ? place < ratio : place >= 1 + ratio)) {
          chosen.set(step, member.values()[step]);
        }
      }
      kept.add(chosen);
    }
    return kept;
  }

  private static List<StepSeries> countValues(
      Labels group, List<StepSeries> members, String label, Steps steps) {
    Map<String, StepSeries> byText = new LinkedHashMap<>();
    for (int step = 0; step < steps.count(); step++) {
      for (StepSeries member : members) {
        if (member.has(step)) {
          StepSeries counted =
              byText.computeIfAbsent(
                  FloatText.plain(member.values()[step]),
                  text -> StepSeries.empty(group.with(label, text), steps.count()));
          counted.set(step, counted.has(step) ? counted.values()[step] + 1 : 1);
        }
      }
    }
    return List.copyOf(byText.values());
  }
}
