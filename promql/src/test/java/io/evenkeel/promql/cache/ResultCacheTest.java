package io.evenkeel.promql.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.MatrixSeries;
import io.evenkeel.promql.random.RandomQueries;
import io.evenkeel.promql.random.RandomSamples;
import io.evenkeel.promql.random.RandomSamples.Numbers;
import io.evenkeel.promql.random.RandomSamples.Sample;
import io.evenkeel.tsdb.memory.MemoryStore;
import io.evenkeel.tsdb.storage.Matcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ResultCacheTest {
  private static final long MINUTE = 60_000;
  private static final String LOAD = "sum by (job) (rate(requests_total[5m]))";

  private final MemoryStore store = new MemoryStore();
  private final ResultCache cache = new ResultCache(store, 4 << 20);
  private final QueryEngine plain = new QueryEngine(store, QueryLimits.DEFAULT);
  private final QueryEngine cached = plain.cached(Optional.of(cache));

  private void write(String metric, long time, double value) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(Labels.of(Label.METRIC_NAME, metric)), time, value);
    store.append(batch);
  }

  private void writeHours(String metric, long hours) {
    for (long time = 0; time <= hours * 60 * MINUTE; time += 15_000) {
      write(metric, time, time / 1000.0);
    }
  }

  private static QueryRequest range(String expression, long fromMinutes, long toMinutes) {
    return QueryRequest.range(expression, fromMinutes * MINUTE, toMinutes * MINUTE, MINUTE);
  }

  /// An answer to the last bit.
  private static String answer(QueryEngine engine, QueryRequest request) {
    StringBuilder text = new StringBuilder();
    try {
      QueryOutcome outcome = engine.query(request);
      if (outcome.value() instanceof Value.RangeVector matrix) {
        for (MatrixSeries series : matrix.series()) {
          text.append(series.labels()).append('\n');
          for (int i = 0; i < series.times().length; i++) {
            text.append(series.times()[i] / 1000.0)
                .append(' ')
                .append(Double.toHexString(series.values()[i]))
                .append(' ')
                .append(series.histograms() == null ? "" : series.histograms()[i])
                .append('\n');
          }
        }
      }
      return text.append(outcome.warnings()).append(outcome.infos()).toString();
    } catch (QueryException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void checkSame(QueryRequest request) {
    assertThat(answer(cached, request)).isEqualTo(answer(plain, request));
  }

  @Test
  void what_was_asked_before_is_not_computed_again() {
    writeHours("x", 3);
    checkSame(range("x", 10, 110));
    assertThat(cached.query(range("x", 10, 110)).samples()).isZero();
    assertThat(cache.figures().cachedSteps()).isEqualTo(101);
  }

  @Test
  void a_range_that_moves_on_computes_only_what_is_new() {
    writeHours("x_total", 6);
    for (int start = 10; start < 240; start++) {
      checkSame(range("rate(x_total[2m])", start, start + 60));
    }
    ResultCache.Figures figures = cache.figures();
    assertThat(figures.computedSteps()).isEqualTo(61 + 229);
    assertThat(figures.cachedSteps()).isEqualTo(229 * 60);
  }

  @Test
  void a_late_sample_is_seen_at_once_and_leaves_other_pieces_alone() {
    writeHours("x", 20);
    checkSame(range("max_over_time(x[2m])", 0, 1_000));
    write("x", 100 * MINUTE + 1, 1e9);
    checkSame(range("max_over_time(x[2m])", 0, 1_000));
    assertThat(cache.figures().outdated()).isEqualTo(1);
    assertThat(cache.figures().cachedSteps()).isGreaterThan(700);
  }

  @Test
  void a_deletion_is_seen_at_once() {
    writeHours("x", 3);
    checkSame(range("x", 0, 120));
    store.delete(List.of(Matcher.equal(Label.METRIC_NAME, "x")), 30 * MINUTE, 40 * MINUTE);
    checkSame(range("x", 0, 120));
  }

  @Test
  void a_negative_offset_waits_for_the_samples_it_reads() {
    writeHours("x", 2);
    checkSame(range("x offset -30m", 0, 120));
    for (long minute = 121; minute < 160; minute++) {
      write("x", minute * MINUTE, minute);
      checkSame(range("x offset -30m", 0, 120));
    }
  }

  @Test
  void the_newest_steps_are_computed_each_time() {
    writeHours("x", 1);
    checkSame(range("x", 0, 60));
    long before = cache.figures().outdated();
    write("x", 60 * MINUTE + 1_000, -1);
    write("x", 60 * MINUTE - 1_000, -2);
    checkSame(range("x", 0, 61));
    assertThat(cache.figures().outdated()).isEqualTo(before);
  }

  @Test
  void steps_beside_the_multiples_are_not_cached() {
    writeHours("x", 2);
    QueryRequest request = QueryRequest.range("x", 1, 60 * MINUTE, MINUTE);
    checkSame(request);
    checkSame(request);
    assertThat(cache.figures().pieces()).isZero();
  }

  @Test
  void what_looks_at_the_ranges_own_ends_or_at_a_fixed_time_is_not_cached() {
    writeHours("x", 2);
    for (String expression :
        List.of(
            "x @ end()",
            "x @ 600",
            "end() + 0 * scalar(x)",
            "rate(x[range() / 2])",
            "x or vector(1)",
            "label_replace(x, \"a\", \"b\", \"\", \"\")",
            "{__name__=~\"x.*\"}")) {
      checkSame(range(expression, 10, 70));
      checkSame(range(expression, 20, 60));
    }
    assertThat(cache.figures().pieces()).isZero();
  }

  @Test
  void lookbacks_are_kept_apart() {
    write("x", 0, 1);
    write("y", 100 * MINUTE, 1);
    for (int minutes : List.of(1, 5, 20)) {
      checkSame(range("x", 0, 60).withLookback(Optional.of(Duration.ofMinutes(minutes))));
    }
  }

  @Test
  void memory_stays_within_its_bound() {
    ResultCache small = new ResultCache(store, 64 << 10);
    QueryEngine engine = plain.cached(Optional.of(small));
    writeHours("x", 10);
    for (int i = 0; i < 200; i++) {
      engine.query(range("x + " + i, 0, 500));
    }
    assertThat(small.figures().bytes()).isPositive().isLessThanOrEqualTo(64 << 10);
  }

  @Test
  void answers_are_those_without_a_cache_whatever_is_written_late_or_deleted() {
    compareAtRandom(20261126, 60);
  }

  @Tag("long")
  @Test
  void answers_are_those_without_a_cache_many_times() {
    Random seeds = new Random();
    for (int i = 0; i < 40; i++) {
      compareAtRandom(seeds.nextLong(), 200);
    }
  }

  /// An hour of samples that come with the time, some of them late; deletions; and a few queries
  /// that are asked again and again for ranges that move.
  private static void compareAtRandom(long seed, int rounds) {
    Random random = new Random(seed);
    MemoryStore store = new MemoryStore();
    QueryEngine plain = new QueryEngine(store, QueryLimits.DEFAULT);
    ResultCache cache = new ResultCache(store, 1 << 20);
    QueryEngine cached = plain.cached(Optional.of(cache));
    List<Numbers> series = RandomSamples.numbers(random);
    List<List<Sample>> waiting = new ArrayList<>();
    series.forEach(one -> waiting.add(new ArrayList<>(one.samples())));
    RandomQueries queries = new RandomQueries(random, RandomSamples.METRICS, false);
    List<String> asked = new ArrayList<>(List.of(LOAD, "temperature", "absent(level > 3)"));
    for (int i = 0; i < 25; i++) {
      asked.add(queries.next());
    }
    long now = RandomSamples.END / 4;
    for (int round = 0; round < rounds; round++) {
      now = Math.min(RandomSamples.END, now + random.nextInt(120_000));
      write(store, series, waiting, now, random);
      if (random.nextInt(6) == 0) {
        long from = random.nextLong(now);
        Matcher metric =
            Matcher.equal(
                Label.METRIC_NAME,
                RandomSamples.METRICS.get(random.nextInt(RandomSamples.METRICS.size())));
        store.delete(List.of(metric), from, from + random.nextInt(300_000));
      }
      for (int i = 0; i < 8; i++) {
        long step = List.of(5_000L, 15_000L, 60_000L).get(random.nextInt(3));
        long from = Math.floorDiv(random.nextLong(now), step) * step;
        long to = from + random.nextLong(now - from + 60_000);
        QueryRequest request =
            QueryRequest.range(asked.get(random.nextInt(asked.size())), from, to, step);
        assertThat(answer(cached, request))
            .as("seed %d, round %d, %s", seed, round, request)
            .isEqualTo(answer(plain, request));
      }
    }
    assertThat(cache.figures().cachedSteps()).as("seed %d", seed).isPositive();
  }

  /// Writes what is due; one sample in ten waits and comes late.
  private static void write(
      MemoryStore store,
      List<Numbers> series,
      List<List<Sample>> waiting,
      long now,
      Random random) {
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < waiting.size(); i++) {
      int number = batch.addSeries(series.get(i).labels());
      List<Sample> left = new ArrayList<>();
      for (Sample sample : waiting.get(i)) {
        if (sample.time() > now || random.nextInt(10) == 0) {
          left.add(sample);
        } else {
          batch.addSample(
              number,
              sample.time(),
              sample.stale() ? StaleMarker.BITS : Double.doubleToRawLongBits(sample.value()));
        }
      }
      waiting.set(i, left);
    }
    store.append(batch);
  }
}
