package io.evenkeel.hub.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.clean.HostSignals;
import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.Report;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartsTest {
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = Duration.ofHours(1).toMillis();

  @TempDir Path folder;

  private final MemoryStore store = new MemoryStore();
  private final CpuPool pool = new CpuPool(2, 100);
  private Database database;
  private HostRegistry hosts;
  private Charts charts;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
    hosts = new HostRegistry(database, () -> Instant.ofEpochMilli(START), System::nanoTime);
    QueryEngine engine = new QueryEngine(store, QueryLimits.DEFAULT);
    charts = new Charts(engine, pool, hosts, new HubMetrics());
    host("web1", 1_000);
  }

  @AfterEach
  void close() {
    hosts.close();
    database.close();
    pool.close();
  }

  private void host(String name, long periodMillis) {
    HostTick tick =
        new HostTick(
            name,
            START,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            null,
            HostSignals.NONE);
    hosts.reported(new Report(tick, "1", OptionalLong.of(periodMillis), null, false));
  }

  private void store(long from, long to, LongToDoubleFunction value, String... labels) {
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(Labels.of(labels));
    for (long time = from; time <= to; time += 1000) {
      batch.addSample(series, time, value.applyAsDouble(time));
    }
    store.append(batch);
  }

  private ChartAnswer chart(long from, long to, int maxPoints, String... expressions)
      throws InterruptedException {
    List<ChartRequest.Query> queries = new ArrayList<>();
    for (String expression : expressions) {
      queries.add(new ChartRequest.Query("q" + queries.size(), expression));
    }
    return charts.answer(new ChartRequest(from, to, maxPoints, queries));
  }

  @Test
  void a_second_of_full_load_in_a_day_shows_in_the_maximum_wherever_it_falls() throws Exception {
    for (int spike = 0; spike < 40; spike++) {
      long at = START + HOUR + spike * 1000L;
      store(
          START,
          START + 2 * HOUR,
          time -> time >= at ? 1_000 : 0,
          "__name__",
          "spikes_total",
          "n",
          Integer.toString(spike));
    }
    ChartAnswer answer =
        chart(START - 22 * HOUR, START + 2 * HOUR, 200, "increase(spikes_total[$window])");
    assertThat(answer.resolutionMillis()).isEqualTo(15_000);
    List<ChartSeries> series = answer.results().getFirst().series();
    assertThat(series).hasSize(40);
    for (ChartSeries each : series) {
      assertThat(each.stats().max()).as(each.labels().get("n")).isGreaterThan(900);
      assertThat(
              Arrays.stream(Objects.requireNonNull(each.max()))
                  .filter(Objects::nonNull)
                  .max(Double::compare))
          .hasValueSatisfying(max -> assertThat(max).isGreaterThan(900));
    }
  }

  @Test
  void a_gap_is_null_and_the_line_goes_on_after_it() throws Exception {
    store(START, START + 60_000, time -> 5, "__name__", "gauge", "instance", "web1");
    store(START + 180_000, START + 240_000, time -> 6, "__name__", "gauge", "instance", "web1");
    ChartAnswer answer = chart(START, START + 240_000, 300, "gauge{instance=\"web1\"}");
    ChartSeries line = answer.results().getFirst().series().getFirst();
    assertThat(line.avg()[at(answer, START + 60_000)]).isEqualTo(5);
    assertThat(line.avg()[at(answer, START + 100_000)]).isNull();
    assertThat(line.avg()[at(answer, START + 179_000)]).isNull();
    assertThat(line.avg()[at(answer, START + 180_000)]).isEqualTo(6);
    assertThat(line.min()).isNull();
    assertThat(line.stats()).isEqualTo(new ChartSeries.Stats(5.0, line.stats().avg(), 6.0, 6.0));
  }

  private static int at(ChartAnswer answer, long time) {
    int index = Arrays.binarySearch(answer.times(), time);
    assertThat(index).isNotNegative();
    return index;
  }

  @Test
  void a_slow_hosts_own_chart_has_a_window_for_its_period() throws Exception {
    host("slow", 30_000);
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(Labels.of("__name__", "c_total", "instance", "slow"));
    for (long i = 0; i < 40; i++) {
      batch.addSample(series, START + i * 30_000, (double) i * 30);
    }
    store.append(batch);
    ChartAnswer answer =
        chart(START + 300_000, START + 900_000, 300, "rate(c_total{instance=\"slow\"}[$window])");
    assertThat(answer.resolutionMillis()).isEqualTo(30_000);
    ChartSeries line = answer.results().getFirst().series().getFirst();
    assertThat(line.avg()).doesNotContainNull();
    assertThat(line.stats().avg()).isBetween(0.99, 1.01);
  }

  @Test
  void an_error_of_one_query_leaves_the_others_alone_and_tells_its_place() throws Exception {
    store(START, START + 60_000, time -> 5, "__name__", "gauge", "instance", "web1");
    ChartAnswer answer =
        chart(START, START + 60_000, 100, "gauge", "rate(gauge[$window]", "gauge + on(", "nothing");
    assertThat(answer.results().get(0).series()).hasSize(1);
    assertThat(answer.results().get(1).error()).isNotNull();
    assertThat(answer.results().get(2).error())
        .satisfies(error -> assertThat(Objects.requireNonNull(error).position()).isEqualTo(11));
    assertThat(answer.results().get(3).error()).isNull();
    assertThat(answer.results().get(3).series()).isEmpty();
  }

  /// The product's required formulas, as their expressions are drawn.
  @Test
  void the_required_worked_examples_come_out() throws Exception {
    // 1,000 s of CPU time, of which 700 s were used, on two cores.
    for (int cpu = 0; cpu < 2; cpu++) {
      String core = Integer.toString(cpu);
      store(
          START,
          START + 500_000,
          time -> (time - START) / 1000.0 * 0.7,
          "__name__",
          "node_cpu_seconds_total",
          "instance",
          "web1",
          "cpu",
          core,
          "mode",
          "user");
      store(
          START,
          START + 500_000,
          time -> (time - START) / 1000.0 * 0.3,
          "__name__",
          "node_cpu_seconds_total",
          "instance",
          "web1",
          "cpu",
          core,
          "mode",
          "idle");
    }
    String utilisation =
        "(1 - sum(rate(node_cpu_seconds_total{instance=\"web1\",mode=\"idle\"}[$window]))"
            + " / sum(rate(node_cpu_seconds_total{instance=\"web1\"}[$window])))";
    String cores = "count(node_cpu_seconds_total{instance=\"web1\",mode=\"idle\"})";
    ChartAnswer answer =
        chart(
            START + 100_000,
            START + 500_000,
            100,
            utilisation,
            utilisation + " > bool 0.8",
            utilisation + " > bool 0.6",
            utilisation + " * " + cores,
            "600 / 1000");
    assertThat(last(answer, 0)).isBetween(0.7 - 1e-9, 0.7 + 1e-9);
    assertThat(last(answer, 1)).isZero();
    assertThat(last(answer, 2)).isEqualTo(1);
    assertThat(last(answer, 3)).isBetween(1.4 - 1e-9, 1.4 + 1e-9);
    assertThat(last(answer, 4)).isEqualTo(0.6);
  }

  private static double last(ChartAnswer answer, int query) {
    return Objects.requireNonNull(answer.results().get(query).series().getFirst().stats().last());
  }
}
