package io.evenkeel.promql.promtest;

import io.evenkeel.promql.parse.DurationExpr;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.At;
import io.evenkeel.promql.parse.Expr.MatrixSelector;
import io.evenkeel.promql.parse.Expr.Subquery;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.promql.parse.Formatter;
import java.util.Optional;
import java.util.Set;

/// Writes a query so that it gives the same answer at any time: with `@` behind every selector and
/// subquery that has none.
final class PinnedTime {
  /// What looks at the time itself.
  private static final Set<String> UNSAFE =
      Set.of(
          "days_in_month",
          "day_of_month",
          "day_of_week",
          "day_of_year",
          "end",
          "hour",
          "minute",
          "month",
          "year",
          "predict_linear",
          "range",
          "start",
          "step",
          "time",
          "timestamp",
          "start_timestamp");

  private static final Set<String> QUERY = Set.of("start", "end", "step", "range");

  private final At at;
  private boolean unsafe;
  private boolean query;

  private PinnedTime(long millis) {
    this.at = new At.Fixed(millis);
  }

  /// The query with every time fixed; nothing when it looks at the time itself.
  static Optional<String> of(Expr expr, long millis) {
    PinnedTime pinned = new PinnedTime(millis);
    Expr changed = pinned.pin(expr);
    return pinned.unsafe ? Optional.empty() : Optional.of(Formatter.line(changed));
  }

  /// Whether a query asks for its own start, end, step or range.
  static boolean dependsOnQuery(Expr expr) {
    PinnedTime pinned = new PinnedTime(0);
    pinned.pin(expr);
    return pinned.query;
  }

  private void visit(DurationExpr duration) {
    query |= !duration.isConstant();
  }

  private When pin(When when) {
    when.offset().ifPresent(this::visit);
    query |= !(when.at() instanceof At.Unset || when.at() instanceof At.Fixed);
    return when.at() instanceof At.Unset ? new When(when.offset(), at) : when;
  }

  private VectorSelector pin(VectorSelector vector) {
    return new VectorSelector(
        vector.name(), vector.matchers(), pin(vector.when()), vector.ends(), vector.span());
  }

  private Expr pin(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral number -> number;
      case Expr.StringLiteral string -> string;
      case VectorSelector vector -> pin(vector);
      case MatrixSelector matrix -> {
        visit(matrix.range());
        yield new MatrixSelector(pin(matrix.vector()), matrix.range(), matrix.span());
      }
      // What is inside of a subquery is evaluated at the subquery's times.
      case Subquery subquery -> {
        PinnedTime inside = new PinnedTime(0);
        inside.pin(subquery.inner());
        unsafe |= inside.unsafe;
        query |= inside.query;
        visit(subquery.range());
        subquery.step().ifPresent(this::visit);
        yield new Subquery(
            subquery.inner(),
            subquery.range(),
            subquery.step(),
            pin(subquery.when()),
            subquery.span());
      }
      case Expr.Call call -> {
        String name = call.function().name();
        unsafe |= UNSAFE.contains(name);
        query |= QUERY.contains(name);
        // The second argument of info() is no selector of samples.
        boolean info = name.equals("info");
        java.util.List<Expr> arguments = new java.util.ArrayList<>();
        for (Expr argument : call.arguments()) {
          arguments.add(info && !arguments.isEmpty() ? argument : pin(argument));
        }
        yield new Expr.Call(call.function(), arguments, call.span());
      }
      case Expr.Aggregate aggregate ->
          new Expr.Aggregate(
              aggregate.operation(),
              aggregate.parameter().map(this::pin),
              pin(aggregate.inner()),
              aggregate.without(),
              aggregate.labels(),
              aggregate.span());
      case Expr.Binary binary ->
          new Expr.Binary(
              binary.operator(),
              pin(binary.left()),
              pin(binary.right()),
              binary.bool(),
              binary.matching(),
              binary.operatorSpan(),
              binary.span());
      case Expr.Unary unary -> new Expr.Unary(unary.negative(), pin(unary.inner()), unary.span());
      case Expr.Parenthesis parenthesis ->
          new Expr.Parenthesis(pin(parenthesis.inner()), parenthesis.span());
    };
  }
}
