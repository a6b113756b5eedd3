package io.evenkeel.promql.random;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Formatter;
import io.evenkeel.promql.parse.Parser;
import io.evenkeel.promql.parse.PromqlSyntaxException;
import io.evenkeel.promql.parse.SyntaxTree;
import io.evenkeel.promql.parse.ValueType;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Throws made-up text at the parser and made-up queries at the evaluator.
///
/// The parser must answer with a tree, which written out gives the same tree again, or with an
/// error that has a place. The evaluator must answer or say why not; a step of a range query must
/// be what an instant query at its time gives.
class FuzzTest {
  private static final List<String> METRICS = new ArrayList<>(RandomSamples.METRICS);

  static {
    METRICS.addAll(List.of("native", "mixed", "target_info", "missing"));
  }

  private static final String[] PIECES = {
    "sum",
    "rate",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "5m",
    "1",
    "0x",
    "up",
    "=~",
    "!~",
    "\"a\"",
    "\"",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "fill",
    "(0)",
    "bool",
    "@",
    "offset",
    "-",
    "+",
    "^",
    "*",
    "</",
    ">/",
    ",",
    ":",
    "and",
    "e",
    ".",
    "名",
    "`",
    "'",
    "#",
    "\\",
    "start()",
    "step()",
    "inf",
    "\n",
    "anchored",
    "smoothed",
    "min_of(",
    "1h30m",
    "\"\\xc5\"",
    "==",
    "job=\"x\"",
    "[5m:]",
    "\uD83D",
    "9e999",
    "topk",
    "info",
    "histogram_quantile",
    "💥",
    "_",
    "1_000",
    "::",
    "\u0000"
  };

  /// How far a run got.
  record Run(long executions, long accepted, long cpuSeconds) {}

  private static long cpuNanos() {
    return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static String text(Random random, RandomQueries queries) {
    int kind = random.nextInt(4);
    if (kind == 0) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]).append(random.nextBoolean() ? " " : "");
      }
      return text.toString();
    }
    StringBuilder text = new StringBuilder(queries.next());
    for (int i = kind == 1 ? 0 : random.nextInt(4); i > 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> text.setCharAt(at, (char) random.nextInt(random.nextInt(8) == 0 ? 0x10000 : 128));
        default -> text.append(text, at, Math.min(text.length(), at + random.nextInt(20)));
      }
    }
    return text.toString();
  }

  private static boolean parse(String text) {
    Expr expr;
    try {
      expr = Parser.parse(text);
    } catch (PromqlSyntaxException e) {
      assertThat(e.position()).as(text).isBetween(0, text.length());
      assertThat(e.getMessage()).as(text).matches("(?s)\\d+:\\d+: parse error: .+");
      return false;
    }
    String line = Formatter.line(expr);
    try {
      assertThat(Formatter.line(Parser.parse(line))).as(text).isEqualTo(line);
      assertThat(Formatter.line(Parser.parse(Formatter.pretty(expr)))).as(text).isEqualTo(line);
    } catch (PromqlSyntaxException e) {
      throw new AssertionError("'" + text + "' is written as '" + line + "': " + e.getMessage(), e);
    }
    assertThat(SyntaxTree.of(expr)).as(text).containsKey("type");
    return true;
  }

  static Run fuzzParser(long seed, Duration cpu) {
    Random random = new Random(seed);
    RandomQueries queries = new RandomQueries(random, METRICS, false);
    long begun = cpuNanos();
    long executions = 0;
    long accepted = 0;
    while (cpuNanos() - begun < cpu.toNanos()) {
      for (int i = 0; i < 200; i++, executions++) {
        accepted += parse(text(random, queries)) ? 1 : 0;
      }
    }
    return new Run(executions, accepted, (cpuNanos() - begun) / 1_000_000_000);
  }

  static Run fuzzEvaluator(long seed, Duration cpu) {
    Random random = new Random(seed);
    MemoryStore store = new MemoryStore();
    SampleBatch batch = RandomSamples.batch(RandomSamples.numbers(random), 0, true);
    RandomSamples.addNative(batch, random);
    assertThat(store.append(batch).refused()).isZero();
    QueryEngine engine =
        new QueryEngine(store, QueryLimits.DEFAULT.costing(Duration.ofSeconds(20), 5_000_000));
    RandomQueries queries = new RandomQueries(random, METRICS, false);
    long begun = cpuNanos();
    long executions = 0;
    long accepted = 0;
    while (cpuNanos() - begun < cpu.toNanos()) {
      String query = queries.next();
      long time = random.nextInt(4_000) * 1_000L;
      executions++;
      accepted += evaluate(engine, query, time) ? 1 : 0;
    }
    return new Run(executions, accepted, (cpuNanos() - begun) / 1_000_000_000);
  }

  private static boolean evaluate(QueryEngine engine, String query, long time) {
    long step = 47_000;
    try {
      Expr expr = QueryEngine.parse(query);
      if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
        return false;
      }
      Value range =
          engine.query(QueryRequest.range(query, time - 2 * step, time + 2 * step, step)).value();
      boolean dependsOnRange = query.matches("(?s).*(start|end|step|range)\\(.*");
      boolean chooses = query.matches("(?s).*(topk|bottomk|limitk).*");
      // Only an instant is sorted, and the order shows in the last digits, which become a label.
      boolean sorts = query.contains("sort") && query.contains("count_values");
      if (!dependsOnRange && !chooses && !sorts && range instanceof Value.RangeVector matrix) {
        Value instant = engine.query(QueryRequest.instant(query, time)).value();
        assertThat(atTime(matrix, time))
            .as("%s at %s", query, time)
            .usingRecursiveComparison()
            .withComparatorForType(FuzzTest::compare, Double.class)
            .isEqualTo(samples(instant));
      }
      return true;
    } catch (QueryException e) {
      assertThat(e.getMessage()).as(query).isNotBlank();
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError(query + " at " + time + " broke", e);
    }
  }

  /// Series in another order are added up with other rounding errors.
  private static int compare(Double a, Double b) {
    boolean close =
        a.equals(b)
            || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
            || Math.abs(a - b) < 1e-7;
    return close ? 0 : Double.compare(a, b);
  }

  private static Map<String, Double> atTime(Value.RangeVector matrix, long time) {
    Map<String, Double> found = new HashMap<>();
    for (Value.MatrixSeries series : matrix.series()) {
      for (int i = 0; i < series.times().length; i++) {
        if (series.times()[i] == time) {
          put(
              found,
              series.labels(),
              series.values()[i],
              series.histograms() == null ? null : series.histograms()[i]);
        }
      }
    }
    return found;
  }

  private static Map<String, Double> samples(Value value) {
    Map<String, Double> found = new HashMap<>();
    switch (value) {
      case Value.Scalar scalar -> put(found, Labels.empty(), scalar.value(), null);
      case Value.InstantVector vector ->
          vector
              .samples()
              .forEach(sample -> put(found, sample.labels(), sample.value(), sample.histogram()));
      case Value.Text text -> {}
      case Value.RangeVector matrix -> {}
    }
    return found;
  }

  private static void put(
      Map<String, Double> into, Labels labels, double value, @Nullable NativeHistogram histogram) {
    if (histogram == null) {
      into.put(labels.toString(), value);
    } else {
      into.put(labels + " count", histogram.count());
      into.put(labels + " sum", histogram.sum());
      into.put(labels + " buckets", (double) histogram.positiveCounts().length);
    }
  }

  @Test
  void the_parser_takes_any_text() {
    assertThat(fuzzParser(20261125, Duration.ofMillis(700)).executions()).isPositive();
  }

  @Test
  void the_evaluator_takes_any_query() {
    assertThat(fuzzEvaluator(20261125, Duration.ofMillis(1_500)).executions()).isPositive();
  }

  @Test
  @Tag("long")
  void for_ten_minutes_of_processor_time_each() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    System.out.println("parser: " + fuzzParser(seed, Duration.ofMinutes(10)));
    System.out.println("evaluator: " + fuzzEvaluator(seed, Duration.ofMinutes(10)));
  }
}
