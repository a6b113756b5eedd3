package io.evenkeel.promql;

import io.evenkeel.promql.eval.Evaluation;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Parser;
import io.evenkeel.promql.parse.PromqlSyntaxException;
import io.evenkeel.promql.parse.ValueType;
import io.evenkeel.tsdb.storage.Queryable;

/// Answers PromQL queries over a store. Safe for use by many threads; a query computes on the
/// thread that asks, so ask on one that may be busy.
public final class QueryEngine {
  private final Queryable source;
  private final QueryLimits limits;

  public QueryEngine(Queryable source, QueryLimits limits) {
    this.source = source;
    this.limits = limits;
  }

  /// What one query may cost here.
  public QueryLimits limits() {
    return limits;
  }

  /// Answers a query.
  ///
  /// @throws QueryException when it cannot be answered
  public QueryOutcome query(QueryRequest request) {
    Expr expr = parse(request.expression());
    if (!request.isInstant()) {
      checkRange(request, expr);
    }
    return new Evaluation(source, limits, request).run(expr);
  }

  /// The tree of an expression.
  ///
  /// @throws QueryException.BadQuery when it is not PromQL
  public static Expr parse(String expression) {
    try {
      return Parser.parse(expression);
    } catch (PromqlSyntaxException e) {
      throw new QueryException.BadQuery(String.valueOf(e.getMessage()), e.position());
    }
  }

  private void checkRange(QueryRequest request, Expr expr) {
    if (request.endMillis() < request.startMillis()) {
      throw new QueryException.BadQuery("end timestamp must not be before start time", -1);
    }
    if (request.stepMillis() < 0) {
      throw new QueryException.BadQuery(
          "zero or negative query resolution step widths are not accepted. Try a positive integer",
          -1);
    }
    if ((request.endMillis() - request.startMillis()) / request.stepMillis() + 1
        > limits.maxPoints()) {
      throw new QueryException.BadQuery(
          "exceeded maximum resolution of "
              + "%,d".formatted(limits.maxPoints())
              + " points per timeseries. Try decreasing the query resolution (?step=XX)",
          -1);
    }
    if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
      throw new QueryException.BadQuery(
          "invalid expression type \""
              + expr.type().words()
              + "\" for range query, must be Scalar or instant Vector",
          -1);
    }
  }
}
