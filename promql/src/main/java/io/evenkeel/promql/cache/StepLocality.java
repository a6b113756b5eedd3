package io.evenkeel.promql.cache;

import io.evenkeel.model.Label;
import io.evenkeel.promql.parse.DurationExpr;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.At;
import io.evenkeel.promql.parse.Expr.Operator;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Which expressions have at each step an answer that depends on that step alone, so that answers
/// over parts of a range can be put together.
///
/// Not among them: what looks at the range's own begin or end (`@ start()`, `end()`, `range()`) or
/// at a fixed time; `or`, `label_replace` and `label_join`, where series of different origin may
/// become one and a name that goes at one step goes at all; `info()`; and the statistics of native
/// histograms, whose warnings depend on which sample was the first that was read.
final class StepLocality {
  private static final Set<String> NOT_LOCAL =
      Set.of(
          "start",
          "end",
          "range",
          "label_replace",
          "label_join",
          "info",
          "histogram_count",
          "histogram_sum",
          "histogram_avg");

  private final long usualSubqueryStep;
  private final long stepMillis;

  /// How far the times that subqueries look at may lie off the times that ask, milliseconds.
  private long slack;

  private StepLocality(long usualSubqueryStep, long stepMillis) {
    this.usualSubqueryStep = usualSubqueryStep;
    this.stepMillis = stepMillis;
  }

  /// Nothing when an expression's steps are not independent of each other; else how many
  /// milliseconds the begin and end of what it reads may move against the steps.
  ///
  /// @param usualSubqueryStep the step of subqueries that do not say, milliseconds
  /// @param stepMillis the query's step
  static OptionalLong slack(Expr expr, long usualSubqueryStep, long stepMillis) {
    StepLocality walk = new StepLocality(usualSubqueryStep, stepMillis);
    return walk.isLocal(expr) ? OptionalLong.of(walk.slack) : OptionalLong.empty();
  }

  private boolean isLocal(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral number -> true;
      case Expr.StringLiteral string -> true;
      case Expr.VectorSelector selector ->
          isLocal(selector.when()) && hasOneName(selector.matchers());
      case Expr.MatrixSelector matrix -> isLocal(matrix.vector()) && isLocal(matrix.range());
      case Expr.Subquery subquery -> isLocal(subquery);
      case Expr.Call call ->
          !NOT_LOCAL.contains(call.function().name())
              && call.arguments().stream().allMatch(this::isLocal);
      case Expr.Aggregate aggregate ->
          aggregate.parameter().map(this::isLocal).orElse(true) && isLocal(aggregate.inner());
      case Expr.Binary binary ->
          binary.operator() != Operator.OR && isLocal(binary.left()) && isLocal(binary.right());
      case Expr.Unary unary -> isLocal(unary.inner());
      case Expr.Parenthesis parenthesis -> isLocal(parenthesis.inner());
    };
  }

  private boolean isLocal(Expr.Subquery subquery) {
    if (!isLocal(subquery.when())
        || !isLocal(subquery.range())
        || !subquery.step().map(StepLocality::isLocal).orElse(true)) {
      return false;
    }
    double seconds =
        subquery
            .step()
            .map(step -> step.seconds(new DurationExpr.QueryTimes(stepMillis, 0)))
            .orElse(usualSubqueryStep / 1000.0);
    // More is the evaluation's to refuse.
    if (!(seconds > 0 && seconds < 1e9)) {
      return false;
    }
    slack += (long) Math.ceil(seconds * 1000);
    return isLocal(subquery.inner());
  }

  private static boolean isLocal(When when) {
    Optional<DurationExpr> offset = when.offset();
    return when.at() instanceof At.Unset && offset.map(StepLocality::isLocal).orElse(true);
  }

  private static boolean isLocal(DurationExpr duration) {
    return switch (duration) {
      case DurationExpr.Literal literal -> true;
      case DurationExpr.Step step -> true;
      case DurationExpr.Range range -> false;
      case DurationExpr.Signed signed -> isLocal(signed.inner());
      case DurationExpr.Parenthesis parenthesis -> isLocal(parenthesis.inner());
      case DurationExpr.Extreme extreme -> isLocal(extreme.left()) && isLocal(extreme.right());
      case DurationExpr.Arithmetic arithmetic ->
          isLocal(arithmetic.left()) && isLocal(arithmetic.right());
    };
  }

  /// Whether all that it selects is one metric; series of several may get the same labels.
  private static boolean hasOneName(List<Matcher> matchers) {
    return matchers.stream()
        .anyMatch(matcher ->
            matcher.name().equals(Label.METRIC_NAME)
                && matcher.operator() == Matcher.Operator.EQUAL
                && !matcher.value().isEmpty());
  }
}
