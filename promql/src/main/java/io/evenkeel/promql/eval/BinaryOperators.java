package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.eval.ElementOperator.Outcome;
import io.evenkeel.promql.eval.VectorMatching.Group;
import io.evenkeel.promql.histogram.Histogram;
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
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Arithmetic, comparison, trim and set operators between scalars and vectors.
final class BinaryOperators {
  private final Binary node;
  private final Operator operator;
  private final Steps steps;
  private final ElementOperator element;
  private final VectorMatching vectorMatching;

  private BinaryOperators(Binary node, Steps steps, Annotations annotations) {
    this.node = node;
    this.operator = node.operator();
    this.steps = steps;
    this.element = new ElementOperator(node, annotations);
    this.vectorMatching = new VectorMatching(node);
  }

  static Result apply(
      Binary node, Result left, Result right, Steps steps, Annotations annotations) {
    BinaryOperators operators = new BinaryOperators(node, steps, annotations);
    return switch (left) {
      case Result.Scalars a ->
          switch (right) {
            case Result.Scalars b -> operators.scalars(a.values(), b.values());
            case Result.Vector b -> operators.withScalar(b.series(), a.values(), true);
            case Result.Text text -> throw strings();
          };
      case Result.Vector a ->
          switch (right) {
            case Result.Scalars b -> operators.withScalar(a.series(), b.values(), false);
            case Result.Vector b ->
                new Result.Vector(
                    node.operator().isSet()
                        ? operators.set(a.series(), b.series())
                        : operators.match(a.series(), b.series()));
            case Result.Text text -> throw strings();
          };
      case Result.Text text -> throw strings();
    };
  }

  private static IllegalStateException strings() {
    return new IllegalStateException("strings have no operators");
  }

  private Result scalars(double[] a, double[] b) {
    double[] values = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      values[i] =
          operator.isComparison()
              ? (ElementOperator.holds(operator, a[i], b[i]) ? 1 : 0)
              : ElementOperator.compute(operator, a[i], b[i]);
    }
    return new Result.Scalars(values);
  }

  private Result withScalar(List<StepSeries> series, double[] scalar, boolean scalarFirst) {
    boolean drops = operator.changesMeaning() || node.bool();
    List<StepSeries> answer = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      StepSeries computed = StepSeries.empty(one.labels(), drops || one.dropsName(), scalar.length);
      if (one.hasHistograms() || operator.isComparison() || operator.isTrim()) {
        withScalar(one, scalar, scalarFirst, computed);
      } else {
        arithmetic(one, scalar, scalarFirst, computed);
      }
      answer.add(computed);
    }
    return new Result.Vector(answer);
  }

  private void arithmetic(
      StepSeries one, double[] scalar, boolean scalarFirst, StepSeries computed) {
    BitSet present = one.present();
    for (int step = present.nextSetBit(0); step >= 0; step = present.nextSetBit(step + 1)) {
      double value = one.values()[step];
      computed.set(
          step,
          scalarFirst
              ? ElementOperator.compute(operator, scalar[step], value)
              : ElementOperator.compute(operator, value, scalar[step]));
    }
  }

  private void withScalar(
      StepSeries one, double[] scalar, boolean scalarFirst, StepSeries computed) {
    BitSet present = one.present();
    for (int step = present.nextSetBit(0); step >= 0; step = present.nextSetBit(step + 1)) {
      double value = one.values()[step];
      Histogram histogram = one.histogram(step);
      Outcome outcome =
          scalarFirst
              ? element.apply(scalar[step], null, value, histogram)
              : element.apply(value, histogram, scalar[step], null);
      if (outcome == Outcome.IMPOSSIBLE) {
        continue;
      }
      if (node.bool()) {
        computed.set(step, outcome == Outcome.KEPT ? 1 : 0);
      } else if (outcome == Outcome.KEPT && operator.isComparison()) {
        // A filter keeps the vector's sample, whichever side it is on.
        computed.copy(one, step, step);
      } else if (outcome == Outcome.KEPT) {
        store(computed, step);
      }
    }
  }

  private void store(StepSeries series, int step) {
    if (element.histogram == null) {
      series.set(step, element.number);
    } else {
      series.set(step, element.histogram);
    }
  }

  private List<StepSeries> set(List<StepSeries> left, List<StepSeries> right) {
    Map<Labels, BitSet> present = new HashMap<>();
    boolean or = operator == Operator.OR;
    for (StepSeries series : or ? left : right) {
      present
          .computeIfAbsent(vectorMatching.group(series.labels()), key -> new BitSet(steps.count()))
          .or(series.present());
    }
    List<StepSeries> answer = new ArrayList<>(or ? left : List.of());
    BitSet none = new BitSet();
    for (StepSeries series : or ? right : left) {
      BitSet other = present.getOrDefault(vectorMatching.group(series.labels()), none);
      BitSet kept = (BitSet) series.present().clone();
      if (operator == Operator.AND) {
        kept.and(other);
      } else {
        kept.andNot(other);
      }
      if (!kept.isEmpty()) {
        answer.add(series.only(kept));
      }
    }
    return or ? LabelSets.merged(answer, steps.count()) : answer;
  }

  private List<StepSeries> match(List<StepSeries> left, List<StepSeries> right) {
    Matching matching = node.matching();
    boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
    List<StepSeries> manySide = swapped ? right : left;
    List<StepSeries> oneSide = swapped ? left : right;
    // As in Prometheus, "left" is the many side under group_right.
    OptionalDouble fillMany = matching.fillLeft();
    OptionalDouble fillOne = matching.fillRight();
    BitSet active = VectorMatching.present(manySide);
    if (matching.fills()) {
      active.or(VectorMatching.present(oneSide));
    } else {
      active.and(VectorMatching.present(oneSide));
    }
    Matched matched = new Matched(swapped);
    for (Group group : vectorMatching.groups(manySide, oneSide)) {
      matched.group(group, active, fillMany, fillOne);
    }
    return List.copyOf(matched.answer.values());
  }

  /// The results of matched samples so far.
  private final class Matched {
    private final boolean swapped;
    private final Map<Labels, StepSeries> answer = new LinkedHashMap<>();

    /// The results of the present group, and which of them a step has seen.
    private final Map<StepSeries, Map<StepSeries, Labels>> labels = new HashMap<>();

    private final Set<Labels> seen = new HashSet<>();

    Matched(boolean swapped) {
      this.swapped = swapped;
    }

    void group(Group group, BitSet active, OptionalDouble fillMany, OptionalDouble fillOne) {
      labels.clear();
      StepSeries filler = StepSeries.empty(group.labels(), false, 0);
      for (int step = active.nextSetBit(0); step >= 0; step = active.nextSetBit(step + 1)) {
        StepSeries one = only(group, step);
        int matches = 0;
        seen.clear();
        if (one != null || fillOne.isPresent()) {
          for (StepSeries many : group.many()) {
            if (many.has(step)) {
              pair(
                  many,
                  many.values()[step],
                  many.histogram(step),
                  one == null ? filler : one,
                  one == null ? fillOne.getAsDouble() : one.values()[step],
                  one == null ? null : one.histogram(step),
                  step,
                  matches++);
            }
          }
        }
        if (matches == 0 && one != null && fillMany.isPresent()) {
          pair(
              filler,
              fillMany.getAsDouble(),
              null,
              one,
              one.values()[step],
              one.histogram(step),
              step,
              0);
        }
      }
    }

    private @Nullable StepSeries only(Group group, int step) {
      StepSeries found = null;
      for (StepSeries candidate : group.one()) {
        if (candidate.has(step)) {
          if (found != null) {
            throw new QueryException.Failed(
                "found duplicate series for the match group "
                    + MetricName.text(group.labels())
                    + " on the "
                    + (swapped ? "left" : "right")
                    + " hand-side of the operation: "
                    + MetricName.texts(List.of(found.labels(), candidate.labels()))
                    + ";many-to-many matching not allowed: matching labels must be unique on one side");
          }
          found = candidate;
        }
      }
      return found;
    }

    private void pair(
        StepSeries many,
        double manyValue,
        @Nullable Histogram manyHistogram,
        StepSeries one,
        double oneValue,
        @Nullable Histogram oneHistogram,
        int step,
        int matchesBefore) {
      Outcome outcome =
          swapped
              ? element.apply(oneValue, oneHistogram, manyValue, manyHistogram)
              : element.apply(manyValue, manyHistogram, oneValue, oneHistogram);
      if (outcome == Outcome.IMPOSSIBLE) {
        return;
      }
      Labels result =
          labels
              .computeIfAbsent(many, key -> new HashMap<>(2))
              .computeIfAbsent(one, key -> vectorMatching.result(many.labels(), one.labels()));
      // Pairs are checked before the comparison filters: a wrong match is an error either way.
      if (node.matching().cardinality() == Cardinality.ONE_TO_ONE) {
        if (matchesBefore > 0) {
          throw new QueryException.Failed(
              "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
        }
      } else if (!seen.add(result)) {
        throw new QueryException.Failed(
            "multiple matches for labels: grouping labels must ensure unique matches");
      }
      if (outcome == Outcome.FILTERED && !node.bool()) {
        return;
      }
      StepSeries series = answer.get(result);
      if (series == null) {
        series = StepSeries.empty(result, node.bool() || many.dropsName(), steps.count());
        answer.put(result, series);
      }
      if (series.has(step)) {
        throw LabelSets.sameLabels();
      }
      if (node.bool()) {
        series.set(step, outcome == Outcome.KEPT ? 1 : 0);
      } else {
        store(series, step);
      }
    }
  }
}
