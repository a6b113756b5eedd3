package io.evenkeel.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.random.RandomQueries;
import io.evenkeel.promql.random.RandomSamples;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QueryEngineTest {
  private static final QueryLimits USUAL = QueryLimits.DEFAULT;

  private static MemoryStore store(int series, int samples) {
    MemoryStore store = new MemoryStore();
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < series; i++) {
      int number = batch.addSeries(Labels.of("__name__", "x_total", "i", String.valueOf(i)));
      for (int j = 0; j < samples; j++) {
        batch.addSample(number, j * 15_000L, (double) i * j);
      }
    }
    store.append(batch);
    return store;
  }

  private static QueryLimits limits(long samples, int series, long bytes, Duration timeout) {
    return new QueryLimits(
        timeout,
        samples,
        series,
        USUAL.maxPoints(),
        bytes,
        USUAL.maxConcurrent(),
        USUAL.lookback(),
        USUAL.subqueryStep());
  }

  private static final QueryRequest SUM =
      QueryRequest.range("sum(rate(x_total[5m]))", 0, 3_600_000, 15_000);

  @Test
  void helpers_change_no_answer() {
    Random random = new Random(7);
    MemoryStore store = new MemoryStore();
    store.append(RandomSamples.batch(RandomSamples.numbers(random), 0, true));
    RandomQueries queries = new RandomQueries(random, RandomSamples.METRICS, false);
    QueryEngine alone = new QueryEngine(store, USUAL);
    try (QueryHelpers helpers = new QueryHelpers(2)) {
      QueryEngine helped = new QueryEngine(store, USUAL, helpers);
      for (int i = 0; i < 150; i++) {
        QueryRequest request = QueryRequest.range(queries.next(), 900_000, 1_800_000, 60_000);
        assertThat(answer(helped, request))
            .as(request.expression())
            .isEqualTo(answer(alone, request));
      }
    }
  }

  private static String answer(QueryEngine engine, QueryRequest request) {
    StringBuilder text = new StringBuilder();
    try {
      QueryOutcome outcome = engine.query(request);
      if (outcome.value() instanceof Value.RangeVector matrix) {
        for (Value.MatrixSeries series : matrix.series()) {
          text.append(series.labels())
              .append(java.util.Arrays.toString(series.times()))
              .append(java.util.Arrays.toString(series.values()));
        }
      }
      return text.append(outcome.samples()).toString();
    } catch (QueryException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void says_which_limit_a_query_meets() {
    MemoryStore store = store(200, 240);
    Duration minute = Duration.ofMinutes(1);
    assertThatThrownBy(() -> new QueryEngine(store, limits(1_000, 500, 1 << 30, minute)).query(SUM))
        .hasMessageContaining("too many samples");
    assertThatThrownBy(
            () -> new QueryEngine(store, limits(1 << 30, 100, 1 << 30, minute)).query(SUM))
        .hasMessageContaining("finds 200 series, at most 100");
    assertThatThrownBy(() ->
            new QueryEngine(store, limits(1 << 30, 500, 100_000, minute))
                .query(QueryRequest.range("x_total * 2", 0, 3_600_000, 15_000)))
        .hasMessageContaining("memory");
    assertThatThrownBy(() ->
            new QueryEngine(store, limits(1 << 30, 500, 1 << 30, Duration.ofNanos(1))).query(SUM))
        .isInstanceOf(QueryException.TimedOut.class);
    assertThatThrownBy(() ->
            new QueryEngine(store, USUAL)
                .query(QueryRequest.range("x_total", 0, 11_000_000, 1_000)))
        .hasMessageContaining("exceeded maximum resolution of 11,000 points per timeseries");
  }

  @Test
  void a_result_of_many_steps_is_refused_before_it_is_made() {
    MemoryStore store = store(200, 10);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (QueryHelpers helpers = new QueryHelpers(1)) {
      QueryEngine engine =
          new QueryEngine(store, limits(1 << 30, 500, 8 << 20, Duration.ofMinutes(1)), helpers);
      // One series of 800,000 steps fits into the limit, two hundred take more than a gigabyte.
      QueryRequest request = QueryRequest.instant("count(sum_over_time(x_total[800000s:1s]))", 0);
      long before = threads.getTotalThreadAllocatedBytes();
      assertThatThrownBy(() -> engine.query(request)).hasMessageContaining("memory");
      assertThat(threads.getTotalThreadAllocatedBytes() - before).isLessThan(100_000_000);
    }
  }

  @Test
  void gives_up_when_nobody_waits_any_more() {
    AtomicInteger asked = new AtomicInteger();
    QueryRequest request = SUM.withCancelled(() -> asked.incrementAndGet() > 5);
    assertThatThrownBy(() -> new QueryEngine(store(200, 240), USUAL).query(request))
        .isInstanceOf(QueryException.Cancelled.class);
    assertThat(asked.get()).isGreaterThan(5);
  }

  @Test
  void lets_only_so_many_queries_run_at_once() {
    MemoryStore store = store(20, 240);
    QueryLimits one =
        new QueryLimits(
            Duration.ofMillis(200),
            USUAL.maxSamples(),
            USUAL.maxSeries(),
            USUAL.maxPoints(),
            USUAL.maxMemoryBytes(),
            1,
            USUAL.lookback(),
            USUAL.subqueryStep());
    QueryEngine engine = new QueryEngine(store, one);
    AtomicInteger depth = new AtomicInteger();
    // The first query is being evaluated while it is asked whether to go on.
    QueryRequest outer =
        SUM.withCancelled(() -> {
          if (depth.getAndIncrement() == 0) {
            assertThatThrownBy(() -> engine.query(SUM)).hasMessageContaining("in query queue");
          }
          return true;
        });
    assertThatThrownBy(() -> engine.query(outer)).isInstanceOf(QueryException.Cancelled.class);
    assertThat(engine.query(SUM.withTimeout(Optional.of(Duration.ofSeconds(30)))).samples())
        .isPositive();
  }

  @Test
  void what_one_engine_is_busy_with_is_not_missing_to_another() {
    MemoryStore store = store(200, 240);
    long memory = 8 << 20;
    QueryEngine outside =
        new QueryEngine(store, limits(1 << 30, 500, memory, Duration.ofMinutes(1)));
    QueryEngine inside = outside.apart(outside.limits());
    QueryRequest large = QueryRequest.range("x_total * 2", 0, 3_600_000, 2_000);
    AtomicInteger refused = new AtomicInteger();
    Runnable whenFull =
        () -> {
          refused.incrementAndGet();
          assertThatThrownBy(() -> outside.query(large)).isInstanceOf(QueryException.Busy.class);
          assertThat(inside.query(large).samples()).isPositive();
        };
    assertThat(outside.query(nested(outside, large, 10, whenFull)).samples()).isPositive();
    assertThat(refused.get()).isPositive();
    assertThat(outside.query(large).samples()).isPositive();
  }

  /// A query that, once it holds most of its series, asks another such one, until there is no
  /// memory left.
  private static QueryRequest nested(
      QueryEngine engine, QueryRequest request, int depth, Runnable whenFull) {
    AtomicInteger asked = new AtomicInteger();
    return request.withCancelled(() -> {
      if (asked.incrementAndGet() == 190 && depth > 0) {
        try {
          engine.query(nested(engine, request, depth - 1, whenFull));
        } catch (QueryException.Busy e) {
          whenFull.run();
        }
      }
      return false;
    });
  }

  @Test
  void a_long_step_reads_only_what_the_steps_see() {
    MemoryStore store = new MemoryStore();
    SampleBatch batch = new SampleBatch();
    int number = batch.addSeries(Labels.of("__name__", "x_total"));
    for (int i = 0; i < 86_400; i++) {
      batch.addSample(number, i * 500L, (double) i);
    }
    store.append(batch);
    QueryEngine engine = new QueryEngine(store, USUAL);
    QueryOutcome outcome =
        engine.query(QueryRequest.range("rate(x_total[5m])", 3_600_000, 39_600_000, 3_600_000));
    assertThat(outcome.samples()).isEqualTo(11L * 600);
  }
}
