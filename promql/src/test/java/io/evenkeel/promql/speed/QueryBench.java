package io.evenkeel.promql.speed;

import com.sun.management.OperatingSystemMXBean;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryHelpers;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.StoreSettings;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Times dashboard queries over a store of many hosts: `fill DIRECTORY HOSTS HOURS` writes it, `run
/// DIRECTORY HOURS HELPERS` asks. Ranges are shifted at each repetition.
public final class QueryBench {
  private static final long STEP = 15_000;
  private static final long BEGIN = 1_700_006_400_000L;
  private static final List<String> MODES =
      List.of("idle", "user", "system", "iowait", "irq", "softirq", "nice", "steal");
  private static final int CPUS = 8;

  private static final List<String> QUERIES =
      List.of(
          "sum by (mode) (rate(node_cpu_seconds_total[5m]))",
          "1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))",
          "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
          "topk(5, sum by (instance) (rate(node_network_receive_bytes_total[5m])))",
          "sum(rate(node_network_receive_bytes_total[5m])) by (device)",
          "quantile(0.9, node_load1)",
          "max_over_time(node_load1[1h])",
          "predict_linear(node_filesystem_avail_bytes[1h], 4 * 3600)",
          "count({job=\"node\"})",
          "avg_over_time(node_load1[30m])",
          "max_over_time(rate(node_network_receive_bytes_total{device=\"eth0\"}[5m])[1h:1m])",
          "node_load1 > on (instance) (count by (instance) (node_cpu_seconds_total{mode=\"idle\"}) * 0.1)");

  private QueryBench() {}

  private static LocalStore open(Path directory, InstantSource clock) {
    return LocalStore.open(
        directory,
        StoreSettings.DEFAULT
            .accepting(WriteLimits.DEFAULT.withSeries(1_000_000))
            .withoutMaintenance(),
        clock);
  }

  public static void main(String[] arguments) throws IOException {
    AtomicLong now = new AtomicLong(BEGIN);
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    if (arguments[0].equals("fill")) {
      fill(
          Path.of(arguments[1]),
          now,
          clock,
          Integer.parseInt(arguments[2]),
          Integer.parseInt(arguments[3]));
      return;
    }
    int hours = Integer.parseInt(arguments[2]);
    int helpers = Integer.parseInt(arguments[3]);
    now.set(BEGIN + Duration.ofHours(hours).toMillis());
    try (QueryHelpers pool = new QueryHelpers(Math.max(1, helpers));
        LocalStore store = open(Path.of(arguments[1]), clock)) {
      QueryLimits usual = QueryLimits.DEFAULT;
      QueryLimits limits =
          new QueryLimits(
              Duration.ofMinutes(5),
              2_000_000_000L,
              100_000,
              usual.maxPoints(),
              usual.maxMemoryBytes() * 2,
              usual.maxConcurrent(),
              usual.lookback(),
              usual.subqueryStep());
      QueryEngine engine =
          helpers == 0 ? new QueryEngine(store, limits) : new QueryEngine(store, limits, pool);
      for (int range : new int[] {1, Math.max(1, hours - 1)}) {
        measure(engine, now.get(), Duration.ofHours(range));
      }
    }
  }

  private static void measure(QueryEngine engine, long end, Duration range) {
    long step = Math.max(STEP, range.toMillis() / 240);
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double product = 1;
    String only = System.getProperty("only", "");
    for (String query : QUERIES) {
      if (!query.contains(only)) {
        continue;
      }
      List<Double> millis = new ArrayList<>();
      long cpu = 0;
      long samples = 0;
      int repetitions = Integer.getInteger("repetitions", range.toHours() == 1 ? 12 : 5);
      for (int i = 0; i < repetitions; i++) {
        long shift = 1_000L * i * 7;
        QueryRequest request =
            QueryRequest.range(query, end - range.toMillis() - shift, end - shift, step);
        long before = system.getProcessCpuTime();
        long begun = System.nanoTime();
        QueryOutcome outcome = engine.query(request);
        millis.add((System.nanoTime() - begun) / 1e6);
        cpu = system.getProcessCpuTime() - before;
        samples = outcome.samples();
      }
      double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double median = sorted[sorted.length / 2];
      product *= Math.pow(median, 1.0 / QUERIES.size());
      System.out.printf(
          Locale.ROOT,
          "%2d h  %9.1f ms median  %9.1f ms best  %8.1f ms cpu  %,12d samples  %s%n",
          range.toHours(),
          median,
          Arrays.stream(sorted).min().orElse(0),
          cpu / 1e6,
          samples,
          query);
    }
    System.out.printf(Locale.ROOT, "%d h: geometric mean %.1f ms%n", range.toHours(), product);
  }

  private static void fill(
      Path directory, AtomicLong now, InstantSource clock, int hosts, int hours)
      throws IOException {
    List<Labels> labels = new ArrayList<>();
    for (int host = 0; host < hosts; host++) {
      String instance = "host-" + host;
      for (int cpu = 0; cpu < CPUS; cpu++) {
        for (String mode : MODES) {
          labels.add(
              of("node_cpu_seconds_total", instance, "cpu", String.valueOf(cpu), "mode", mode));
        }
      }
      for (String device : List.of("eth0", "eth1", "lo", "docker0")) {
        labels.add(of("node_network_receive_bytes_total", instance, "device", device));
        labels.add(of("node_network_transmit_bytes_total", instance, "device", device));
      }
      for (int mount = 0; mount < 6; mount++) {
        labels.add(of("node_filesystem_avail_bytes", instance, "mountpoint", "/m" + mount));
      }
      labels.add(of("node_load1", instance));
      labels.add(of("node_memory_MemAvailable_bytes", instance));
      labels.add(of("node_memory_MemTotal_bytes", instance));
      for (int other = 0; other < 419; other++) {
        labels.add(of("node_other_" + other / 10, instance, "part", String.valueOf(other % 10)));
      }
    }
    double[] values = new double[labels.size()];
    SplittableRandom random = new SplittableRandom(1);
    try (LocalStore store = open(directory, clock)) {
      long last = BEGIN + Duration.ofHours(hours).toMillis();
      long maintained = BEGIN;
      for (long time = BEGIN; time <= last; time += STEP) {
        now.set(time);
        SampleBatch batch = new SampleBatch();
        for (int i = 0; i < values.length; i++) {
          boolean counter = labels.get(i).metricName().endsWith("_total");
          values[i] =
              counter
                  ? values[i] + random.nextInt(1_500) / 100.0
                  : Math.max(0, values[i] + random.nextInt(-50, 51) / 10.0);
          batch.addSample(batch.addSeries(labels.get(i)), time + i % 1_000, values[i]);
        }
        store.append(batch);
        if (time - maintained >= Duration.ofMinutes(30).toMillis()) {
          maintained = time;
          store.maintain();
          System.out.println(Instant.ofEpochMilli(time) + " " + store.statistics());
        }
      }
      store.maintain();
    }
  }

  private static Labels of(String metric, String instance, String... more) {
    String[] all = new String[6 + more.length];
    String[] first = {"__name__", metric, "instance", instance, "job", "node"};
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return Labels.of(all);
  }
}
