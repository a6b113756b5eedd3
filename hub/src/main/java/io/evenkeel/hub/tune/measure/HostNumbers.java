package io.evenkeel.hub.tune.measure;

import io.evenkeel.hub.chart.WindowVariable;
import io.evenkeel.hub.work.BusyException;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Text;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.parse.DurationExpr;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.ValueType;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the store for numbers of one host, now or over a span. What is not there is missing, never
/// 0. Safe for use by many threads.
public final class HostNumbers {
  /// `$window` while something is tried: long enough for a rate of samples that come each second,
  /// short enough to tell blocks apart.
  public static final Duration LIVE_WINDOW = Duration.ofSeconds(5);

  /// A measure may look back no further than this, for a trial waits as long after each turn.
  public static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger("tune");
  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final String HOST = "$host";
  private static final String MARK = "evenkeel_number";

  private final QueryEngine queries;
  private final CpuPool pool;

  public HostNumbers(QueryEngine queries, CpuPool pool) {
    this.queries = queries;
    this.pool = pool;
  }

  /// The number of an expression now; missing when its samples are older than ten seconds.
  public OptionalDouble now(String host, String expression, long atMillis)
      throws InterruptedException {
    return switch (ask(
        QueryRequest.instant(expand(host, expression, LIVE_WINDOW), atMillis)
            .withLookback(Optional.of(FRESH)))) {
      case Value.Scalar(long at, double value) -> known(value);
      case Value.InstantVector(var samples) when samples.size() == 1 ->
          known(samples.getFirst().value());
      case Value other -> OptionalDouble.empty();
    };
  }

  /// The numbers of several expressions now, asked at once; what [#now(String, String, long)] would
  /// say is missing is not in the answer.
  public <K> Map<K, Double> now(String host, Map<K, String> expressions, long atMillis)
      throws InterruptedException {
    List<K> keys = List.copyOf(expressions.keySet());
    String all =
        IntStream.range(0, keys.size())
            .mapToObj(i -> marked(host, expressions.getOrDefault(keys.get(i), ""), i))
            .collect(Collectors.joining(" or "));
    if (!(ask(QueryRequest.instant(all, atMillis).withLookback(Optional.of(FRESH)))
        instanceof Value.InstantVector(var samples))) {
      return Map.of();
    }
    Map<K, Double> numbers = new HashMap<>();
    Set<K> several = new HashSet<>();
    for (var sample : samples) {
      K key = keys.get(Integer.parseInt(Objects.requireNonNull(sample.labels().get(MARK))));
      if (numbers.put(key, sample.value()) != null) {
        several.add(key);
      }
    }
    numbers.keySet().removeAll(several);
    numbers.values().removeIf(value -> !Double.isFinite(value));
    return numbers;
  }

  /// An expression whose numbers carry its place, so that several become one query.
  private static String marked(String host, String expression, int place) {
    String own = expand(host, expression, LIVE_WINDOW);
    boolean scalar = QueryEngine.parse(own).type() == ValueType.SCALAR;
    // On lines of its own, as an expression may end in a comment.
    return "label_replace("
        + (scalar ? "vector" : "")
        + "(\n"
        + own
        + "\n), \""
        + MARK
        + "\", \""
        + place
        + "\", \"\", \"\")";
  }

  /// The numbers of an expression over a span, one each step where there is one, by their times.
  public SortedMap<Long, Double> seen(
      String host, String expression, long fromMillis, long toMillis, Duration step)
      throws InterruptedException {
    Value value =
        ask(
            QueryRequest.range(
                expand(host, expression, step), fromMillis, toMillis, step.toMillis()));
    SortedMap<Long, Double> seen = new TreeMap<>();
    if (value instanceof Value.RangeVector(var series) && series.size() == 1) {
      long[] times = series.getFirst().times();
      double[] values = series.getFirst().values();
      for (int i = 0; i < times.length; i++) {
        if (Double.isFinite(values[i])) {
          seen.put(times[i], values[i]);
        }
      }
    }
    return seen;
  }

  /// Why an expression is no measure of a host; empty when it gives one number now.
  public Optional<Text> objection(String host, String expression, long atMillis)
      throws InterruptedException {
    Expr expr;
    try {
      expr = QueryEngine.parse(expand(host, expression, LIVE_WINDOW));
    } catch (QueryException.BadQuery e) {
      return Optional.of(Text.of(String.valueOf(e.getMessage()), "表达式有误：" + e.getMessage()));
    }
    if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
      return Optional.of(
          Text.of(
              "it gives no number: it is a " + expr.type().words(),
              "其结果不是数字（" + expr.type().words() + "）"));
    }
    if (longestWindow(expr) > LONGEST_WINDOW.toSeconds()) {
      return Optional.of(
          Text.of(
              "it looks back further than "
                  + LONGEST_WINDOW.toSeconds()
                  + " s: write $window for its window",
              "其窗口超过 " + LONGEST_WINDOW.toSeconds() + " 秒：请用 $window 作为窗口"));
    }
    // Agents may report seldom now: while a trial runs they report each second.
    Value value = ask(QueryRequest.instant(expand(host, expression, LONGEST_WINDOW), atMillis));
    return value instanceof Value.InstantVector(var samples) && samples.size() != 1
        ? Optional.of(
            samples.isEmpty()
                ? Text.of("it gives no number now", "目前没有结果")
                : Text.of(
                    "it gives " + samples.size() + " numbers: put sum(…) or max(…) around it",
                    "其结果有 " + samples.size() + " 个数字：请在外面加上 sum(…) 或 max(…)"))
        : Optional.empty();
  }

  /// How far an expression looks back, in seconds.
  public static long windowSeconds(String host, String expression) {
    return longestWindow(QueryEngine.parse(expand(host, expression, LIVE_WINDOW)));
  }

  private static long longestWindow(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral number -> 0;
      case Expr.StringLiteral string -> 0;
      case Expr.VectorSelector selector -> offset(selector.when());
      case Expr.MatrixSelector matrix -> seconds(matrix.range()) + offset(matrix.vector().when());
      case Expr.Subquery subquery ->
          seconds(subquery.range()) + offset(subquery.when()) + longestWindow(subquery.inner());
      case Expr.Call call -> longest(call.arguments().stream());
      case Expr.Aggregate aggregate ->
          longest(Stream.concat(aggregate.parameter().stream(), Stream.of(aggregate.inner())));
      case Expr.Binary binary -> longest(Stream.of(binary.left(), binary.right()));
      case Expr.Unary unary -> longestWindow(unary.inner());
      case Expr.Parenthesis parenthesis -> longestWindow(parenthesis.inner());
    };
  }

  private static long longest(Stream<Expr> parts) {
    return parts.mapToLong(HostNumbers::longestWindow).max().orElse(0);
  }

  private static long offset(Expr.When when) {
    return when.offset().map(offset -> Math.abs(seconds(offset))).orElse(0L);
  }

  private static long seconds(DurationExpr duration) {
    return (long) Math.ceil(duration.seconds(new DurationExpr.QueryTimes(0, 0)));
  }

  private static String expand(String host, String expression, Duration window) {
    String escaped = host.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return WindowVariable.expand(expression.replace(HOST, escaped), window.toMillis());
  }

  private Value ask(QueryRequest request) throws InterruptedException {
    try {
      return pool.compute(() -> queries.query(request).value());
    } catch (QueryException | BusyException e) {
      // A number that cannot be had now is a missing one.
      LOG.debug("'{}' has no answer: {}", request.expression(), e.getMessage());
      return new Value.InstantVector(List.of());
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static OptionalDouble known(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
