package io.evenkeel.promql.eval;

import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryMemory;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.parse.DurationExpr;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.Aggregation;
import io.evenkeel.promql.parse.Expr.At;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.promql.parse.ValueType;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.StoreReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// One evaluation of one query.
///
/// A node is evaluated for all steps at once: a selector reads each series once and slides over its
/// samples, an operator walks arrays. Instant queries are the case of one step. Used by one thread,
/// which others help to read series.
public final class Evaluation implements AutoCloseable {
  private final QueryRequest request;
  private final Budget budget;
  private final Annotations annotations;
  private final DurationExpr.QueryTimes queryTimes;
  private final Selection selection;
  private final Functions functions;

  /// @param memory what all queries hold together
  /// @param helpers where other threads may take a part of the work
  /// @param helperCount how many threads to ask for
  /// @param startNanos when the query came, by [System#nanoTime]
  public Evaluation(
      Queryable source,
      QueryLimits limits,
      QueryMemory memory,
      QueryRequest request,
      Executor helpers,
      int helperCount,
      long startNanos) {
    this.request = request;
    this.budget = new Budget(limits, memory, request, startNanos);
    this.annotations = new Annotations(request.expression());
    this.queryTimes =
        new DurationExpr.QueryTimes(
            request.stepMillis(), request.endMillis() - request.startMillis());
    this.selection =
        new Selection(
            this,
            source,
            new SeriesReading(budget, new SeriesReading.Helpers(helpers, helperCount)),
            lookback(source, limits, request),
            limits.subqueryStep().toMillis());
    this.functions = new Functions(this, selection);
  }

  /// How far back a selector looks: as far as was asked for, but at least to the sample before
  /// where the store has only rollups left of the query's begin.
  private static long lookback(Queryable source, QueryLimits limits, QueryRequest request) {
    long asked = request.lookback().orElse(limits.lookback()).toMillis();
    long begin = request.startMillis();
    try (StoreReader reader = source.reader(begin, begin)) {
      return Math.max(asked, reader.resolutionMillis(begin));
    }
  }

  /// Evaluates a tree and packs the answer.
  ///
  /// @throws QueryException when there is none
  public QueryOutcome run(Expr expr) {
    selection.prepare(expr);
    Value value = request.isInstant() ? instant(expr) : range(expr);
    return new QueryOutcome(value, annotations.warnings(), annotations.infos(), budget.samples());
  }

  /// Gives back the memory that it counted.
  @Override
  public void close() {
    budget.release(0);
  }

  private Value instant(Expr expr) {
    long time = request.startMillis();
    Steps now = new Steps(time, 1, 1);
    if (expr.type() == ValueType.MATRIX) {
      return Answers.matrix(selection.raw(expr, now));
    }
    return switch (evaluate(expr, now)) {
      case Result.Scalars scalars -> new Value.Scalar(time, scalars.values()[0]);
      case Result.Text text -> new Value.Text(time, text.value());
      case Result.Vector vector -> Answers.vector(LabelSets.named(vector.series(), 1), time);
    };
  }

  private Value range(Expr expr) {
    int count = (int) ((request.endMillis() - request.startMillis()) / request.stepMillis()) + 1;
    Steps steps = new Steps(request.startMillis(), request.stepMillis(), count);
    return switch (evaluate(expr, steps)) {
      case Result.Text text ->
          throw new IllegalStateException("a range query of a string is refused before");
      case Result.Scalars scalars ->
          Answers.matrix(
              List.of(StepSeries.of(io.evenkeel.model.Labels.empty(), scalars.values())), steps);
      case Result.Vector vector -> Answers.matrix(LabelSets.named(vector.series(), count), steps);
    };
  }

  QueryRequest request() {
    return request;
  }

  Budget budget() {
    return budget;
  }

  Annotations annotations() {
    return annotations;
  }

  Result evaluate(Expr expr, Steps steps) {
    budget.check();
    long before = budget.heldBytes();
    Result result = compute(expr, steps);
    // Only the result stays; what it was made from is garbage now.
    budget.release(before);
    budget.hold(Answers.bytes(result));
    return result;
  }

  private Result compute(Expr expr, Steps steps) {
    return switch (expr) {
      case Expr.NumberLiteral number -> constant(number.value(), steps);
      case Expr.StringLiteral string -> new Result.Text(string.value());
      case Expr.Parenthesis parenthesis -> evaluate(parenthesis.inner(), steps);
      case Expr.Unary unary -> signed(unary, evaluate(unary.inner(), steps));
      case Expr.Aggregate aggregate -> aggregate(aggregate, steps);
      case Expr.Binary binary -> {
        Result left = evaluate(binary.left(), steps);
        Result right = evaluate(binary.right(), steps);
        yield BinaryOperators.apply(binary, left, right, steps, annotations);
      }
      case Expr.Call call -> functions.call(call, steps);
      case Expr.VectorSelector selector -> new Result.Vector(collect(selector, steps));
      case Expr.MatrixSelector matrix ->
          throw new IllegalStateException("a range vector stands only in a call");
      case Expr.Subquery subquery ->
          throw new IllegalStateException("a range vector stands only in a call");
    };
  }

  /// Passes on the series of a vector one by one, so that they need not all be in memory at once
  /// where that is possible.
  void stream(Expr expr, Steps steps, Consumer<StepSeries> sink) {
    switch (expr.bare()) {
      case Expr.VectorSelector selector -> selection.select(selector, steps, sink);
      case Expr.Call call when functions.streams(call) -> functions.stream(call, steps, sink);
      default -> vector(expr, steps).forEach(sink);
    }
  }

  /// The series of something that streams.
  List<StepSeries> collect(Expr expr, Steps steps) {
    List<StepSeries> series = new ArrayList<>();
    stream(
        expr,
        steps,
        one -> {
          budget.hold(one.bytes());
          series.add(one);
        });
    return series;
  }

  private Result aggregate(Expr.Aggregate node, Steps steps) {
    Aggregations aggregations =
        new Aggregations(
            node,
            node.parameter().map(parameter -> evaluate(parameter.bare(), steps)),
            steps,
            annotations);
    boolean keepsAll =
        switch (node.operation()) {
          case TOPK, BOTTOMK, QUANTILE, LIMITK, LIMIT_RATIO -> true;
          case SUM, AVG, MIN, MAX, COUNT, GROUP, STDDEV, STDVAR, COUNT_VALUES -> false;
        };
    if (node.operation() == Aggregation.COUNT_VALUES || !keepsAll) {
      stream(node.inner(), steps, aggregations::add);
    } else {
      collect(node.inner(), steps).forEach(aggregations::add);
    }
    return aggregations.result();
  }

  static Result.Scalars constant(double value, Steps steps) {
    double[] values = new double[steps.count()];
    Arrays.fill(values, value);
    return new Result.Scalars(values);
  }

  private static Result signed(Expr.Unary unary, Result result) {
    if (!unary.negative()) {
      return result;
    }
    return switch (result) {
      case Result.Scalars scalars ->
          new Result.Scalars(Arrays.stream(scalars.values()).map(v -> -v).toArray());
      case Result.Vector vector ->
          new Result.Vector(vector.series().stream().map(Evaluation::negated).toList());
      case Result.Text text -> throw new IllegalStateException("strings are not negated");
    };
  }

  private static StepSeries negated(StepSeries series) {
    StepSeries negated = StepSeries.empty(series.labels(), true, series.values().length);
    for (int step = series.present().nextSetBit(0);
        step >= 0;
        step = series.present().nextSetBit(step + 1)) {
      var histogram = series.histogram(step);
      if (histogram == null) {
        negated.set(step, -series.values()[step]);
      } else {
        negated.set(step, histogram.times(-1));
      }
    }
    return negated;
  }

  List<StepSeries> vector(Expr expr, Steps steps) {
    if (evaluate(expr, steps) instanceof Result.Vector vector) {
      return vector.series();
    }
    throw new IllegalStateException("expected an instant vector");
  }

  double[] scalars(Expr expr, Steps steps) {
    if (evaluate(expr, steps) instanceof Result.Scalars scalars) {
      return scalars.values();
    }
    throw new IllegalStateException("expected a scalar");
  }

  static String text(Expr expr) {
    if (expr.bare() instanceof Expr.StringLiteral string) {
      return string.value();
    }
    throw new IllegalStateException("expected a string");
  }

  private long fixedTime(When when) {
    return switch (when.at()) {
      case At.Fixed fixed -> fixed.millis();
      case At.Start start -> request.startMillis();
      case At.End end -> request.endMillis();
      case At.Unset unset -> throw new IllegalStateException("no @ modifier");
    };
  }

  /// The times at which a selector under its modifiers really looks: one, when `@` fixes it.
  Steps shifted(When when, Steps steps) {
    long offset = when.offset().map(this::millis).orElse(0L);
    return when.at() instanceof At.Unset
        ? new Steps(steps.start() - offset, steps.step(), steps.count())
        : new Steps(fixedTime(when) - offset, 1, Math.min(1, steps.count()));
  }

  /// A duration in this query, milliseconds, rounded towards zero.
  private long millis(DurationExpr duration) {
    double seconds;
    try {
      seconds = duration.seconds(queryTimes);
    } catch (ArithmeticException e) {
      throw new QueryException.Failed(String.valueOf(e.getMessage()));
    }
    // About what 64 bits of nanoseconds hold, as in Prometheus.
    if (!(Math.abs(seconds) < 9.2e9)) {
      throw new QueryException.Failed("duration is out of range");
    }
    return Math.round(seconds * 1e6) / 1_000;
  }

  /// A range or step in this query, milliseconds.
  long positiveMillis(DurationExpr duration) {
    long millis = millis(duration);
    if (millis <= 0) {
      throw new QueryException.Failed("duration must be greater than 0");
    }
    return millis;
  }
}
