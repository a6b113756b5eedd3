package io.evenkeel.promql;

import io.evenkeel.promql.cache.ResultCache;
import io.evenkeel.promql.eval.Evaluation;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Parser;
import io.evenkeel.promql.parse.PromqlSyntaxException;
import io.evenkeel.promql.parse.ValueType;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.StorageException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Answers PromQL queries over a store. Safe for use by many threads; a query computes on the
/// thread that asks, so ask on one that may be busy.
public final class QueryEngine {
  private final Queryable source;
  private final QueryLimits limits;
  private final Semaphore turns;
  private final QueryMemory memory;
  private final Executor helpers;
  private final int helperCount;
  private final Optional<ResultCache> cache;

  /// An engine whose queries each use one thread.
  public QueryEngine(Queryable source, QueryLimits limits) {
    this(source, limits, Runnable::run, 0, Optional.empty());
  }

  /// An engine whose large queries ask other threads to help with reading series.
  public QueryEngine(Queryable source, QueryLimits limits, QueryHelpers helpers) {
    this(source, limits, helpers, helpers.count(), Optional.empty());
  }

  private QueryEngine(
      Queryable source,
      QueryLimits limits,
      Executor helpers,
      int helperCount,
      Optional<ResultCache> cache) {
    this.source = source;
    this.limits = limits;
    this.turns = new Semaphore(limits.maxConcurrent(), true);
    this.memory = new QueryMemory(limits.maxMemoryBytesTogether());
    this.helpers = helpers;
    this.helperCount = helperCount;
    this.cache = cache;
  }

  /// An engine like this one, with other limits and nothing in common but the helpers: what is
  /// asked of the one takes neither turns nor memory from the other.
  public QueryEngine apart(QueryLimits other) {
    return new QueryEngine(source, other, helpers, helperCount, cache);
  }

  /// An engine like this one that takes answers of range queries from a cache over the same store.
  public QueryEngine cached(Optional<ResultCache> results) {
    return new QueryEngine(source, limits, helpers, helperCount, results);
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
    long start = System.nanoTime();
    takeTurn(request);
    try {
      return request.isInstant() || cache.isEmpty()
          ? evaluate(request, source, expr, start)
          : cache
              .get()
              .query(request, expr, limits, (part, store) -> evaluate(part, store, expr, start));
    } catch (StorageException e) {
      throw new QueryException.Failed(String.valueOf(e.getMessage()));
    } finally {
      turns.release();
    }
  }

  private QueryOutcome evaluate(QueryRequest request, Queryable from, Expr expr, long startNanos) {
    try (Evaluation evaluation =
        new Evaluation(from, limits, memory, request, helpers, helperCount, startNanos)) {
      return evaluation.run(expr);
    }
  }

  private void takeTurn(QueryRequest request) {
    Duration timeout = limits.timeoutOf(request);
    try {
      if (!turns.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new QueryException.TimedOut(
            "query timed out in query queue after "
                + timeout.toMillis()
                + " ms; "
                + limits.maxConcurrent()
                + " others are being evaluated");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryException.Cancelled();
    }
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
