package io.evenkeel.promql.eval;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.At;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.promql.parse.ValueType;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One evaluation of one query.
///
/// A node is evaluated for all steps at once: a selector reads each series once and slides over its
/// samples, an operator walks arrays. Instant queries are the case of one step. Used by one thread.
public final class Evaluation {
  private static final int PORTION = 4_096;
  private static final Set<String> METRIC_NAME = Set.of(Label.METRIC_NAME);

  private final Queryable source;
  private final QueryRequest request;
  private final Budget budget;
  private final long lookback;
  private final long subqueryStep;
  private final Set<String> warnings = new java.util.LinkedHashSet<>();
  private final Set<String> infos = new java.util.LinkedHashSet<>();

  public Evaluation(Queryable source, QueryLimits limits, QueryRequest request) {
    this.source = source;
    this.request = request;
    this.budget = new Budget(limits, request);
    this.lookback = request.lookback().orElse(limits.lookback()).toMillis();
    this.subqueryStep = limits.subqueryStep().toMillis();
  }

  /// Evaluates a tree and packs the answer.
  ///
  /// @throws QueryException when there is none
  public QueryOutcome run(Expr expr) {
    Value value =
        request.isInstant() && expr.type() == ValueType.MATRIX
            ? matrix(expr)
            : request.isInstant() ? instant(expr) : range(expr);
    return new QueryOutcome(value, List.copyOf(warnings), List.copyOf(infos), budget.samples());
  }

  private Value instant(Expr expr) {
    long time = request.startMillis();
    return switch (evaluate(expr, new Steps(time, 1, 1))) {
      case Result.Scalars scalars -> new Value.Scalar(time, scalars.values()[0]);
      case Result.Text text -> new Value.Text(time, text.value());
      case Result.Vector vector -> {
        refuseDuplicates(vector.series());
        yield new Value.InstantVector(
            vector.series().stream()
                .filter(series -> series.has(0))
                .map(series ->
                    new Value.VectorSample(series.labels(), time, series.values()[0], null))
                .toList());
      }
    };
  }

  private Value range(Expr expr) {
    int count = (int) ((request.endMillis() - request.startMillis()) / request.stepMillis()) + 1;
    Steps steps = new Steps(request.startMillis(), request.stepMillis(), count);
    return switch (evaluate(expr, steps)) {
      case Result.Text text ->
          throw new IllegalStateException("a range query of a string is refused before");
      case Result.Scalars scalars -> {
        BitSet all = new BitSet(count);
        all.set(0, count);
        yield new Value.RangeVector(
            List.of(points(new StepSeries(Labels.empty(), scalars.values(), all), steps)));
      }
      case Result.Vector vector -> {
        refuseDuplicates(vector.series());
        yield new Value.RangeVector(
            vector.series().stream()
                .filter(series -> !series.present().isEmpty())
                .sorted(Comparator.comparing(StepSeries::labels))
                .map(series -> points(series, steps))
                .toList());
      }
    };
  }

  private static Value.MatrixSeries points(StepSeries series, Steps steps) {
    int size = series.present().cardinality();
    long[] times = new long[size];
    double[] values = new double[size];
    int at = 0;
    for (int step = series.present().nextSetBit(0);
        step >= 0;
        step = series.present().nextSetBit(step + 1)) {
      times[at] = steps.time(step);
      values[at++] = series.values()[step];
    }
    return new Value.MatrixSeries(series.labels(), times, values, null);
  }

  private Value matrix(Expr expr) {
    long now = request.startMillis();
    List<Value.MatrixSeries> all = new ArrayList<>();
    forEachWindow(
        expr,
        new Steps(now, 1, 1),
        (labels, window, step) ->
            all.add(
                new Value.MatrixSeries(
                    labels,
                    Arrays.copyOfRange(window.times, window.from, window.to),
                    Arrays.copyOfRange(window.values, window.from, window.to),
                    null)));
    all.sort(Comparator.comparing(Value.MatrixSeries::labels));
    return new Value.RangeVector(all);
  }

  /// Two series of one identity cannot both be answered.
  private static void refuseDuplicates(List<StepSeries> series) {
    Map<Labels, BitSet> seen = new HashMap<>();
    for (StepSeries one : series) {
      BitSet before = seen.putIfAbsent(one.labels(), one.present());
      if (before != null && before.intersects(one.present())) {
        throw new QueryException.Failed("vector cannot contain metrics with the same labelset");
      }
    }
  }

  Result evaluate(Expr expr, Steps steps) {
    budget.spend(0);
    return switch (expr) {
      case Expr.NumberLiteral number -> constant(number.value(), steps);
      case Expr.StringLiteral string -> new Result.Text(string.value());
      case Expr.Parenthesis parenthesis -> evaluate(parenthesis.inner(), steps);
      case Expr.Negation negation -> negate(evaluate(negation.inner(), steps));
      case Expr.VectorSelector selector -> new Result.Vector(select(selector, steps));
      case Expr.Call call -> call(call, steps);
      case Expr.Aggregate aggregate ->
          Aggregations.aggregate(
              aggregate,
              aggregate.parameter().map(parameter -> evaluate(parameter, steps)),
              vector(aggregate.inner(), steps),
              steps);
      case Expr.Binary binary ->
          BinaryOperators.apply(
              binary, evaluate(binary.left(), steps), evaluate(binary.right(), steps), steps);
      case Expr.MatrixSelector matrix ->
          throw new IllegalStateException("a range vector stands only in a call");
      case Expr.Subquery subquery ->
          throw new IllegalStateException("a range vector stands only in a call");
    };
  }

  private static Result.Scalars constant(double value, Steps steps) {
    double[] values = new double[steps.count()];
    Arrays.fill(values, value);
    return new Result.Scalars(values);
  }

  private static Result negate(Result result) {
    return switch (result) {
      case Result.Scalars scalars ->
          new Result.Scalars(Arrays.stream(scalars.values()).map(v -> -v).toArray());
      case Result.Vector vector ->
          new Result.Vector(
              vector.series().stream()
                  .map(series ->
                      new StepSeries(
                          series.labels().without(METRIC_NAME),
                          Arrays.stream(series.values()).map(v -> -v).toArray(),
                          series.present()))
                  .toList());
      case Result.Text text -> throw new IllegalStateException("strings are not negated");
    };
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
    return switch (expr) {
      case Expr.StringLiteral string -> string.value();
      case Expr.Parenthesis parenthesis -> text(parenthesis.inner());
      default -> throw new IllegalStateException("expected a string");
    };
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
  private Steps shifted(When when, Steps steps) {
    return when.at() instanceof At.Unset
        ? new Steps(steps.start() - when.offset(), steps.step(), steps.count())
        : new Steps(fixedTime(when) - when.offset(), 1, 1);
  }

  private static List<StepSeries> spread(List<StepSeries> one, int steps) {
    List<StepSeries> spread = new ArrayList<>(one.size());
    for (StepSeries series : one) {
      StepSeries everywhere = StepSeries.empty(series.labels(), steps);
      if (series.has(0)) {
        Arrays.fill(everywhere.values(), series.values()[0]);
        everywhere.present().set(0, steps);
      }
      spread.add(everywhere);
    }
    return spread;
  }

  private List<StepSeries> select(Expr.VectorSelector selector, Steps steps) {
    Steps looks = shifted(selector.when(), steps);
    List<StepSeries> found = new ArrayList<>();
    if (looks.count() > 0) {
      SampleColumns columns = new SampleColumns(PORTION);
      long from = looks.start() - lookback + 1;
      try (StoreReader reader = source.reader(from, looks.end())) {
        List<Series> matched = reader.select(selector.matchers());
        budget.series(matched.size());
        for (Series series : matched) {
          load(series, from, looks.end(), columns);
          StepSeries stepped = lookUp(series.labels(), columns, looks);
          if (!stepped.present().isEmpty()) {
            found.add(stepped);
          }
        }
      }
    }
    return looks.count() == 1 && steps.count() != 1 ? spread(found, steps.count()) : found;
  }

  /// The times, in seconds, of the samples that a selector finds at each step.
  List<StepSeries> sampleTimes(Expr.VectorSelector selector, Steps steps) {
    Steps looks = shifted(selector.when(), steps);
    List<StepSeries> found = new ArrayList<>();
    SampleColumns columns = new SampleColumns(PORTION);
    long from = looks.start() - lookback + 1;
    try (StoreReader reader = source.reader(from, looks.end())) {
      for (Series series : reader.select(selector.matchers())) {
        load(series, from, looks.end(), columns);
        StepSeries values = lookUp(series.labels(), columns, looks);
        StepSeries times = StepSeries.empty(series.labels().without(METRIC_NAME), looks.count());
        int next = 0;
        for (int step = 0; step < looks.count(); step++) {
          while (next < columns.size() && columns.times()[next] <= looks.time(step)) {
            next++;
          }
          if (values.has(step)) {
            times.set(step, columns.times()[next - 1] / 1000.0);
          }
        }
        if (!times.present().isEmpty()) {
          found.add(times);
        }
      }
    }
    return looks.count() == 1 && steps.count() != 1 ? spread(found, steps.count()) : found;
  }

  private void load(Series series, long from, long to, SampleColumns into) {
    into.clear();
    SampleCursor cursor = series.samples(from, to);
    for (int read = cursor.read(into, PORTION); read > 0; read = cursor.read(into, PORTION)) {
      budget.spend(read);
    }
  }

  /// The newest sample at or before each step and within the look-back; none after a stale marker.
  private StepSeries lookUp(Labels labels, SampleColumns columns, Steps looks) {
    StepSeries series = StepSeries.empty(labels, looks.count());
    long[] times = columns.times();
    long[] bits = columns.valueBits();
    int next = 0;
    for (int step = 0; step < looks.count(); step++) {
      long time = looks.time(step);
      while (next < columns.size() && times[next] <= time) {
        next++;
      }
      if (next > 0
          && times[next - 1] > time - lookback
          && !StaleMarker.is(bits[next - 1])
          && columns.histogram(next - 1) == null) {
        series.set(step, Double.longBitsToDouble(bits[next - 1]));
      }
    }
    return series;
  }

  /// Takes the window of one series at one step.
  interface WindowVisitor {
    void visit(Labels labels, Window window, int step);
  }

  /// Shows every non-empty window of a range vector, series by series, step by step.
  void forEachWindow(Expr expr, Steps steps, WindowVisitor visitor) {
    switch (expr) {
      case Expr.Parenthesis parenthesis -> forEachWindow(parenthesis.inner(), steps, visitor);
      case Expr.MatrixSelector matrix -> {
        Steps looks = shifted(matrix.vector().when(), steps);
        long from = looks.start() - matrix.range() + 1;
        SampleColumns columns = new SampleColumns(PORTION);
        try (StoreReader reader = source.reader(from, looks.end())) {
          List<Series> matched = reader.select(matrix.vector().matchers());
          budget.series(matched.size());
          for (Series series : matched) {
            load(series, from, looks.end(), columns);
            slide(series.labels(), numbers(columns), matrix.range(), looks, steps, visitor);
          }
        }
      }
      case Expr.Subquery subquery -> {
        Steps looks = shifted(subquery.when(), steps);
        long step = subquery.step().orElse(subqueryStep);
        // Steps lie at absolute multiples, so that the same subquery gives the same answer later.
        long first = Math.floorDiv(looks.start() - subquery.range(), step) * step + step;
        long count = looks.end() < first ? 0 : (looks.end() - first) / step + 1;
        budget.spend(count);
        for (StepSeries series : inner(subquery.inner(), new Steps(first, step, (int) count))) {
          slide(
              series.labels(),
              numbers(series, first, step),
              subquery.range(),
              looks,
              steps,
              visitor);
        }
      }
      default -> throw new IllegalStateException("expected a range vector");
    }
  }

  private List<StepSeries> inner(Expr expr, Steps steps) {
    return switch (evaluate(expr, steps)) {
      case Result.Vector vector -> vector.series();
      case Result.Scalars scalars -> {
        BitSet all = new BitSet(steps.count());
        all.set(0, steps.count());
        yield List.of(new StepSeries(Labels.empty(), scalars.values(), all));
      }
      case Result.Text text ->
          throw new IllegalStateException("a subquery of a string is refused before");
    };
  }

  private record Numbers(long[] times, double[] values, int size) {}

  private static Numbers numbers(SampleColumns columns) {
    long[] times = new long[columns.size()];
    double[] values = new double[columns.size()];
    int size = 0;
    for (int i = 0; i < columns.size(); i++) {
      long bits = columns.valueBits()[i];
      if (!StaleMarker.is(bits) && columns.histogram(i) == null) {
        times[size] = columns.times()[i];
        values[size++] = Double.longBitsToDouble(bits);
      }
    }
    return new Numbers(times, values, size);
  }

  private static Numbers numbers(StepSeries series, long first, long step) {
    int size = series.present().cardinality();
    long[] times = new long[size];
    double[] values = new double[size];
    int at = 0;
    for (int i = series.present().nextSetBit(0); i >= 0; i = series.present().nextSetBit(i + 1)) {
      times[at] = first + i * step;
      values[at++] = series.values()[i];
    }
    return new Numbers(times, values, size);
  }

  private void slide(
      Labels labels, Numbers numbers, long range, Steps looks, Steps steps, WindowVisitor visitor) {
    Window window = new Window();
    window.times = numbers.times;
    window.values = numbers.values;
    for (int step = 0; step < steps.count(); step++) {
      // Under a fixed time every step sees the one window.
      window.end = looks.count() == 1 ? looks.start() : looks.time(step);
      window.start = window.end - range;
      window.now = steps.time(step);
      while (window.to < numbers.size && numbers.times[window.to] <= window.end) {
        window.to++;
      }
      while (window.from < window.to && numbers.times[window.from] <= window.start) {
        window.from++;
      }
      if (window.size() > 0) {
        visitor.visit(labels, window, step);
      }
    }
    budget.spend(0);
  }

  private Result call(Expr.Call call, Steps steps) {
    String name = call.function().name();
    RangeFunctions.RangeFunction function = RangeFunctions.BY_NAME.get(name);
    if (function != null) {
      return new Result.Vector(rangeCall(call, function, steps));
    }
    if (name.equals("absent_over_time")) {
      return absentOverTime(call.arguments().getFirst(), steps);
    }
    return InstantFunctions.call(this, call, steps);
  }

  private List<StepSeries> rangeCall(
      Expr.Call call, RangeFunctions.RangeFunction function, Steps steps) {
    List<double[]> arguments = new ArrayList<>();
    Expr matrix = call.arguments().getFirst();
    for (Expr argument : call.arguments()) {
      if (argument.type() == ValueType.MATRIX) {
        matrix = argument;
      } else {
        arguments.add(scalars(argument, steps));
      }
    }
    String name = call.function().name();
    boolean keepsName = name.equals("last_over_time") || name.equals("first_over_time");
    double[] values = new double[arguments.size()];
    Map<Labels, StepSeries> found = new java.util.LinkedHashMap<>();
    forEachWindow(
        matrix,
        steps,
        (labels, window, step) -> {
          for (int i = 0; i < values.length; i++) {
            values[i] = arguments.get(i)[step];
          }
          window.arguments = values;
          if (function.apply(window)) {
            found
                .computeIfAbsent(labels, key -> StepSeries.empty(key, steps.count()))
                .set(step, window.result);
          }
        });
    List<StepSeries> answer = new ArrayList<>(found.size());
    found.forEach((labels, series) ->
        answer.add(keepsName ? series : series.relabelled(labels.without(METRIC_NAME))));
    refuseDuplicates(answer);
    return answer;
  }

  private Result absentOverTime(Expr matrix, Steps steps) {
    BitSet seen = new BitSet(steps.count());
    forEachWindow(matrix, steps, (labels, window, step) -> seen.set(step));
    return absent(seen, matrix, steps);
  }

  /// 1 at the steps that were not seen, under the labels that the selector's plain equalities name.
  static Result absent(BitSet seen, Expr selector, Steps steps) {
    StepSeries series = StepSeries.empty(absentLabels(selector), steps.count());
    for (int step = 0; step < steps.count(); step++) {
      if (!seen.get(step)) {
        series.set(step, 1);
      }
    }
    return new Result.Vector(List.of(series));
  }

  private static Labels absentLabels(Expr expr) {
    return switch (expr) {
      case Expr.VectorSelector selector -> absentLabels(selector.matchers());
      case Expr.MatrixSelector matrix -> absentLabels(matrix.vector().matchers());
      case Expr.Parenthesis parenthesis -> absentLabels(parenthesis.inner());
      default -> Labels.empty();
    };
  }

  private static Labels absentLabels(List<Matcher> matchers) {
    Labels.Builder labels = new Labels.Builder();
    Set<String> seen = new HashSet<>();
    for (Matcher matcher : matchers) {
      boolean first = seen.add(matcher.name());
      if (matcher.name().equals(Label.METRIC_NAME)) {
        continue;
      }
      if (first && matcher.operator() == Matcher.Operator.EQUAL) {
        labels.set(matcher.name(), matcher.value());
      } else {
        labels.remove(matcher.name());
      }
    }
    return labels.build();
  }
}
