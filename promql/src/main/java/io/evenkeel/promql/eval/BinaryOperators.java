package io.evenkeel.promql.eval;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.Expr.Binary;
import io.evenkeel.promql.parse.Expr.Cardinality;
import io.evenkeel.promql.parse.Expr.Matching;
import io.evenkeel.promql.parse.Expr.Operator;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Arithmetic, comparison and set operators between scalars and vectors.
final class BinaryOperators {
  private static final Set<String> METRIC_NAME = Set.of(Label.METRIC_NAME);

  private BinaryOperators() {}

  static Result apply(Binary node, Result left, Result right, Steps steps) {
    return switch (left) {
      case Result.Scalars a ->
          switch (right) {
            case Result.Scalars b -> scalars(node, a.values(), b.values());
            case Result.Vector b -> withScalar(node, b.series(), a.values(), true);
            case Result.Text text -> throw strings();
          };
      case Result.Vector a ->
          switch (right) {
            case Result.Scalars b -> withScalar(node, a.series(), b.values(), false);
            case Result.Vector b ->
                new Result.Vector(
                    node.operator().isSet()
                        ? set(node, a.series(), b.series(), steps)
                        : match(node, a.series(), b.series(), steps));
            case Result.Text text -> throw strings();
          };
      case Result.Text text -> throw strings();
    };
  }

  private static IllegalStateException strings() {
    return new IllegalStateException("strings have no operators");
  }

  private static Result scalars(Binary node, double[] a, double[] b) {
    double[] values = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      values[i] =
          node.operator().isComparison()
              ? (holds(node.operator(), a[i], b[i]) ? 1 : 0)
              : compute(node.operator(), a[i], b[i]);
    }
    return new Result.Scalars(values);
  }

  private static Result withScalar(
      Binary node, List<StepSeries> series, double[] scalar, boolean scalarFirst) {
    Operator operator = node.operator();
    boolean filters = operator.isComparison() && !node.bool();
    List<StepSeries> answer = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      StepSeries computed =
          StepSeries.empty(
              filters ? one.labels() : one.labels().without(METRIC_NAME), scalar.length);
      for (int step = one.present().nextSetBit(0);
          step >= 0;
          step = one.present().nextSetBit(step + 1)) {
        double value = one.values()[step];
        double a = scalarFirst ? scalar[step] : value;
        double b = scalarFirst ? value : scalar[step];
        if (!operator.isComparison()) {
          computed.set(step, compute(operator, a, b));
        } else if (node.bool()) {
          computed.set(step, holds(operator, a, b) ? 1 : 0);
        } else if (holds(operator, a, b)) {
          computed.set(step, value);
        }
      }
      answer.add(computed);
    }
    return new Result.Vector(answer);
  }

  static double compute(Operator operator, double a, double b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MODULO -> a % b;
      case ATAN2 -> Math.atan2(a, b);
      case POWER -> power(a, b);
      case OR, AND, UNLESS, EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL ->
          throw new IllegalStateException(operator + " is not arithmetic");
    };
  }

  /// C's pow, which takes 1 to any power for 1; Java's gives NaN for NaN and infinite exponents.
  private static double power(double a, double b) {
    return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
  }

  private static boolean holds(Operator operator, double a, double b) {
    return switch (operator) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> a < b;
      case LESS_EQUAL -> a <= b;
      case GREATER -> a > b;
      case GREATER_EQUAL -> a >= b;
      case OR, AND, UNLESS, ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, ATAN2, POWER ->
          throw new IllegalStateException(operator + " does not compare");
    };
  }

  /// The labels by which samples of both sides are paired.
  private static Labels signature(Labels labels, Matching matching, Set<String> names) {
    return matching.on() ? labels.keep(names) : labels.without(names);
  }

  private static Set<String> signatureNames(Matching matching) {
    Set<String> names = new HashSet<>(matching.labels());
    if (!matching.on()) {
      names.add(Label.METRIC_NAME);
    }
    return names;
  }

  private static List<StepSeries> set(
      Binary node, List<StepSeries> left, List<StepSeries> right, Steps steps) {
    Set<String> names = signatureNames(node.matching());
    Map<Labels, BitSet> present = new HashMap<>();
    for (StepSeries series : node.operator() == Operator.OR ? left : right) {
      present
          .computeIfAbsent(
              signature(series.labels(), node.matching(), names), key -> new BitSet(steps.count()))
          .or(series.present());
    }
    List<StepSeries> answer = new ArrayList<>();
    if (node.operator() == Operator.OR) {
      answer.addAll(left);
    }
    for (StepSeries series : node.operator() == Operator.OR ? right : left) {
      BitSet other =
          present.getOrDefault(signature(series.labels(), node.matching(), names), new BitSet());
      BitSet kept = (BitSet) series.present().clone();
      if (node.operator() == Operator.AND) {
        kept.and(other);
      } else {
        kept.andNot(other);
      }
      if (!kept.isEmpty()) {
        answer.add(new StepSeries(series.labels(), series.values(), kept));
      }
    }
    return merged(answer, steps);
  }

  /// `or` may take one identity from both sides at different steps.
  private static List<StepSeries> merged(List<StepSeries> series, Steps steps) {
    Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();
    for (StepSeries one : series) {
      StepSeries before = byLabels.get(one.labels());
      if (before == null || before.present().intersects(one.present())) {
        if (before != null) {
          return series;
        }
        byLabels.put(one.labels(), one);
        continue;
      }
      StepSeries both = StepSeries.empty(one.labels(), steps.count());
      before.present().stream().forEach(step -> both.set(step, before.values()[step]));
      one.present().stream().forEach(step -> both.set(step, one.values()[step]));
      byLabels.put(one.labels(), both);
    }
    return List.copyOf(byLabels.values());
  }

  private static List<StepSeries> match(
      Binary node, List<StepSeries> left, List<StepSeries> right, Steps steps) {
    Matching matching = node.matching();
    boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
    List<StepSeries> manySide = swapped ? right : left;
    List<StepSeries> oneSide = swapped ? left : right;
    Set<String> names = signatureNames(matching);
    Map<Labels, List<StepSeries>> ones = new HashMap<>();
    for (StepSeries series : oneSide) {
      ones.computeIfAbsent(signature(series.labels(), matching, names), key -> new ArrayList<>())
          .add(series);
    }
    Map<Labels, BitSet> taken = new HashMap<>();
    Map<Labels, StepSeries> answer = new LinkedHashMap<>();
    for (StepSeries many : manySide) {
      Labels signature = signature(many.labels(), matching, names);
      List<StepSeries> candidates = ones.get(signature);
      if (candidates == null) {
        continue;
      }
      BitSet used = taken.computeIfAbsent(signature, key -> new BitSet(steps.count()));
      for (int step = many.present().nextSetBit(0);
          step >= 0;
          step = many.present().nextSetBit(step + 1)) {
        StepSeries one = only(candidates, step, signature, swapped ? "left" : "right");
        if (one == null) {
          continue;
        }
        // Pairs are checked before the comparison filters: a wrong match is an error either way.
        if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
          if (used.get(step)) {
            throw new QueryException.Failed(
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
          }
          used.set(step);
        }
        double a = swapped ? one.values()[step] : many.values()[step];
        double b = swapped ? many.values()[step] : one.values()[step];
        boolean comparison = node.operator().isComparison();
        double value = many.values()[step];
        if (comparison && node.bool()) {
          value = holds(node.operator(), a, b) ? 1 : 0;
        } else if (!comparison) {
          value = compute(node.operator(), a, b);
        } else if (!holds(node.operator(), a, b)) {
          continue;
        } else {
          value = a;
        }
        Labels labels = resultLabels(many.labels(), one.labels(), node);
        StepSeries series =
            answer.computeIfAbsent(labels, key -> StepSeries.empty(key, steps.count()));
        if (series.has(step)) {
          throw new QueryException.Failed(
              "multiple matches for labels: grouping labels must ensure unique matches");
        }
        series.set(step, value);
      }
    }
    return List.copyOf(answer.values());
  }

  private static @Nullable StepSeries only(
      List<StepSeries> candidates, int step, Labels signature, String side) {
    StepSeries found = null;
    for (StepSeries candidate : candidates) {
      if (candidate.has(step)) {
        if (found != null) {
          throw new QueryException.Failed(
              "found duplicate series for the match group "
                  + signature
                  + " on the "
                  + side
                  + " hand-side of the operation: ["
                  + found.labels()
                  + ", "
                  + candidate.labels()
                  + "];many-to-many matching not allowed: matching labels must be unique on one side");
        }
        found = candidate;
      }
    }
    return found;
  }

  private static Labels resultLabels(Labels many, Labels one, Binary node) {
    Matching matching = node.matching();
    boolean dropsName = !node.operator().isComparison() || node.bool();
    Labels labels = dropsName ? many.without(METRIC_NAME) : many;
    if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
      labels =
          matching.on()
              ? labels.keep(new HashSet<>(matching.labels()))
              : labels.without(new HashSet<>(matching.labels()));
    }
    if (matching.include().isEmpty()) {
      return labels;
    }
    Labels.Builder builder = labels.toBuilder();
    matching.include().forEach(name -> builder.set(name, one.valueOrEmpty(name)));
    return builder.build();
  }
}
