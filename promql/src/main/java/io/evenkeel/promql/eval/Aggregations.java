package io.evenkeel.promql.eval;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.Aggregate;
import io.evenkeel.promql.parse.Expr.Aggregation;
import io.evenkeel.promql.parse.Quoting;
import io.evenkeel.promql.parse.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// sum, topk and their kin. Series are added one after the other, so that those of a large vector
/// need not all be there at once. Not thread-safe.
final class Aggregations {
  private final Aggregate node;
  private final Steps steps;
  private final Set<String> names;
  private final Function<Labels, AggregationGroup> newGroup;
  private final Map<Labels, AggregationGroup> groups = new LinkedHashMap<>();

  Aggregations(Aggregate node, Optional<Result> parameter, Steps steps, Annotations annotations) {
    this.node = node;
    this.steps = steps;
    this.names = new HashSet<>(node.labels());
    if (node.without()) {
      names.add(Label.METRIC_NAME);
    }
    this.newGroup = groupFactory(parameter, annotations);
  }

  private Function<Labels, AggregationGroup> groupFactory(
      Optional<Result> parameter, Annotations annotations) {
    Aggregation operation = node.operation();
    Span inner = node.inner().span();
    Span parameterSpan = node.parameter().map(Expr::span).orElse(node.span());
    return switch (operation) {
      case SUM, AVG ->
          labels ->
              new SummingGroup(labels, steps, operation == Aggregation.AVG, annotations, inner);
      case MIN, MAX, COUNT, GROUP, STDDEV, STDVAR ->
          labels -> new ReducingGroup(labels, steps, operation, annotations, inner);
      case QUANTILE -> {
        double[] phi = numbers(parameter);
        checkQuantiles(phi, annotations, parameterSpan);
        yield labels -> new SelectingGroups.Quantiles(labels, steps, phi, annotations, inner);
      }
      case TOPK, BOTTOMK -> {
        int[] most = counts(numbers(parameter));
        yield labels ->
            new SelectingGroups.Best(
                steps, most, operation == Aggregation.TOPK, annotations, node.span());
      }
      case LIMITK -> {
        int[] most = counts(numbers(parameter));
        yield labels -> new SelectingGroups.First(steps, most);
      }
      case LIMIT_RATIO -> {
        double[] ratios = ratios(numbers(parameter), annotations, parameterSpan);
        yield labels -> new SelectingGroups.Ratio(steps, ratios);
      }
      case COUNT_VALUES -> {
        String label = label(parameter);
        if (!node.without()) {
          names.add(label);
        }
        yield labels -> new SelectingGroups.CountValues(steps, label, this::group);
      }
    };
  }

  /// Adds one series.
  void add(StepSeries series) {
    Labels group =
        node.operation() == Aggregation.COUNT_VALUES ? Labels.empty() : group(series.labels());
    groups.computeIfAbsent(group, newGroup).add(series);
  }

  private Labels group(Labels labels) {
    if (node.without()) {
      return labels.without(names);
    }
    return names.isEmpty() ? Labels.empty() : labels.keep(names);
  }

  /// The answer, once every series has been added.
  Result.Vector result() {
    List<StepSeries> answer = new ArrayList<>();
    groups.values().forEach(group -> group.finish(answer));
    answer.removeIf(StepSeries::isEmpty);
    return new Result.Vector(answer);
  }

  private double[] numbers(Optional<Result> parameter) {
    return parameter.orElse(null) instanceof Result.Scalars scalars
        ? scalars.values()
        : new double[steps.count()];
  }

  private static String label(Optional<Result> parameter) {
    String label = parameter.orElse(null) instanceof Result.Text text ? text.value() : "";
    if (label.isEmpty() || !isText(label)) {
      throw new QueryException.Failed("invalid label name " + Quoting.quote(label));
    }
    return label;
  }

  /// Whether there are no stray bytes in a string literal.
  private static boolean isText(String literal) {
    return literal.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  private static void checkQuantiles(double[] phi, Annotations annotations, Span span) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    boolean nan = false;
    for (double value : phi) {
      nan |= Double.isNaN(value);
      least = value < least ? value : least;
      most = value > most ? value : most;
    }
    if (nan) {
      annotations.invalidQuantile(Double.NaN, span);
    }
    if (most > 1) {
      annotations.invalidQuantile(most, span);
    }
    if (least < 0) {
      annotations.invalidQuantile(least, span);
    }
  }

  /// How many series to keep at each step.
  private static int[] counts(double[] parameter) {
    int[] counts = new int[parameter.length];
    for (int i = 0; i < counts.length; i++) {
      double value = parameter[i];
      if (Double.isNaN(value)) {
        throw new QueryException.Failed("Parameter value is NaN");
      }
      if (value >= 0x1p63 || value <= -0x1p63) {
        throw new QueryException.Failed(
            "Scalar value "
                + FloatText.general(value)
                + (value > 0 ? " overflows int64" : " underflows int64"));
      }
      counts[i] = (int) Math.clamp((long) value, 0, Integer.MAX_VALUE);
    }
    return counts;
  }

  private static double[] ratios(double[] parameter, Annotations annotations, Span span) {
    double least = 0;
    double most = 0;
    for (double value : parameter) {
      if (Double.isNaN(value)) {
        throw new QueryException.Failed("Ratio value is NaN");
      }
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (most > 1) {
      annotations.invalidRatio(most, 1, span);
    }
    if (least < -1) {
      annotations.invalidRatio(least, -1, span);
    }
    return Arrays.stream(parameter).map(value -> Math.clamp(value, -1.0, 1.0)).toArray();
  }
}
