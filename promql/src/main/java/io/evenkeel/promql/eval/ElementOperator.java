package io.evenkeel.promql.eval;

import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.promql.eval.Annotations.HistogramOperation;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.histogram.Histogram.Combination;
import io.evenkeel.promql.histogram.HistogramStatistics;
import io.evenkeel.promql.parse.Expr.Binary;
import io.evenkeel.promql.parse.Expr.Operator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An arithmetic, comparison or trim operator applied to two samples, numbers or histograms. Keeps
/// the last result. Not thread-safe.
final class ElementOperator {
  private final Operator operator;
  private final Binary node;
  private final Annotations annotations;

  /// The result when it is a number.
  double number;

  /// The result when it is a histogram, else null.
  @Nullable Histogram histogram;

  ElementOperator(Binary node, Annotations annotations) {
    this.operator = node.operator();
    this.node = node;
    this.annotations = annotations;
  }

  /// What became of two samples.
  enum Outcome {
    /// The result counts; of a comparison: it holds.
    KEPT,
    /// A comparison that does not hold.
    FILTERED,
    /// These types of samples have no such operation; it has been noted.
    IMPOSSIBLE
  }

  Outcome apply(
      double a, @Nullable Histogram histogramA, double b, @Nullable Histogram histogramB) {
    histogram = null;
    if (histogramA == null && histogramB == null) {
      return ofNumbers(a, b);
    }
    if (histogramA != null && histogramB != null) {
      return ofHistograms(histogramA, histogramB);
    }
    if (histogramA != null) {
      return ofHistogramAndNumber(histogramA, b);
    }
    if (operator == Operator.MULTIPLY && histogramB != null) {
      return answer(histogramB.times(a).compact());
    }
    return impossible("float", "histogram");
  }

  private Outcome ofNumbers(double a, double b) {
    if (operator.isComparison()) {
      number = a;
      return holds(operator, a, b) ? Outcome.KEPT : Outcome.FILTERED;
    }
    if (operator.isTrim()) {
      return impossible("float", "float");
    }
    number = compute(operator, a, b);
    return Outcome.KEPT;
  }

  private Outcome ofHistogramAndNumber(Histogram a, double b) {
    return switch (operator) {
      case MULTIPLY -> answer(a.times(b).compact());
      case DIVIDE -> answer(a.dividedBy(b).compact());
      case TRIM_UPPER -> answer(HistogramStatistics.trim(a, b, true));
      case TRIM_LOWER -> answer(HistogramStatistics.trim(a, b, false));
      default -> impossible("histogram", "float");
    };
  }

  private Outcome ofHistograms(Histogram a, Histogram b) {
    return switch (operator) {
      case ADD -> combined(a.plus(b), HistogramOperation.ADDITION);
      case SUBTRACT -> combined(a.minus(b), HistogramOperation.SUBTRACTION);
      case EQUAL -> compared(a, a.sameAs(b));
      case NOT_EQUAL -> compared(a, !a.sameAs(b));
      default -> impossible("histogram", "histogram");
    };
  }

  private Outcome answer(Histogram value) {
    histogram = value;
    return Outcome.KEPT;
  }

  private Outcome compared(Histogram a, boolean holds) {
    histogram = a;
    return holds ? Outcome.KEPT : Outcome.FILTERED;
  }

  private Outcome combined(Optional<Combination> combination, HistogramOperation operation) {
    if (combination.isEmpty()) {
      annotations.incompatibleBuckets(operator.symbol(), node.span());
      return Outcome.IMPOSSIBLE;
    }
    if (combination.get().hintsCollide()) {
      annotations.collidingResets(operation, node.span());
    }
    if (combination.get().boundsReconciled()) {
      annotations.reconciledBounds(operation, node.span());
    }
    Histogram value = combination.get().value().compact();
    return answer(operator == Operator.SUBTRACT ? value.withHint(ResetHint.GAUGE) : value);
  }

  private Outcome impossible(String left, String right) {
    annotations.incompatibleTypes(left, operator.symbol(), right, node.span());
    return Outcome.IMPOSSIBLE;
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
      default -> throw new IllegalStateException(operator + " is not arithmetic");
    };
  }

  /// C's pow, which takes 1 to any power for 1; Java's gives NaN for NaN and infinite exponents.
  private static double power(double a, double b) {
    return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
  }

  static boolean holds(Operator operator, double a, double b) {
    return switch (operator) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> a < b;
      case LESS_EQUAL -> a <= b;
      case GREATER -> a > b;
      case GREATER_EQUAL -> a >= b;
      default -> throw new IllegalStateException(operator + " does not compare");
    };
  }
}
