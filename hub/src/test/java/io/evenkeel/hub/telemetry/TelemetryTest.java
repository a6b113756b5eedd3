package io.evenkeel.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.memory.MemoryStore;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.StoreReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TelemetryTest {
  private static final long NOW = 1_700_000_000_000L;
  private final InstantSource clock = () -> Instant.ofEpochMilli(NOW);
  private final MemoryStore store = new MemoryStore();

  @Test
  void quantiles_are_within_three_percent() {
    DurationHistogram histogram = new DurationHistogram();
    assertThat(histogram.quantileMillis(0.5)).isEmpty();
    for (int i = 1; i <= 10_000; i++) {
      histogram.record(Duration.ofMillis(i));
    }
    assertThat(histogram.quantileMillis(0.5).getAsDouble()).isBetween(4850.0, 5150.0);
    assertThat(histogram.quantileMillis(0.99).getAsDouble()).isBetween(9603.0, 10197.0);
    assertThat(histogram.quantileMillis(1).getAsDouble()).isBetween(9700.0, 10300.0);
    assertThat(histogram.count()).isEqualTo(10_000);
  }

  @Test
  void any_duration_finds_a_bucket_close_to_it() {
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      long nanos = random.nextLong() >>> 1 + random.nextInt(60);
      DurationHistogram one = new DurationHistogram();
      one.recordNanos(nanos);
      double millis = one.quantileMillis(0.5).getAsDouble();
      if (nanos < Duration.ofDays(12).toNanos()) {
        assertThat(millis).isBetween(nanos / 1e6 * 0.97 - 0.001, nanos / 1e6 * 1.03 + 0.001);
      }
    }
  }

  @Test
  void published_buckets_are_exact_and_cumulative() {
    DurationHistogram histogram = new DurationHistogram();
    histogram.record(Duration.ofMillis(1));
    histogram.record(Duration.ofMillis(2));
    histogram.record(Duration.ofSeconds(2));
    histogram.record(Duration.ofMinutes(5));
    histogram.record(Duration.ofMillis(-5));
    Family family =
        Family.builder("x_seconds", MetricType.HISTOGRAM, "X.").add(histogram, "a", "b").build();
    assertThat(bucket(family, "0.001")).isEqualTo(2);
    assertThat(bucket(family, "0.0025")).isEqualTo(3);
    assertThat(bucket(family, "2")).isEqualTo(4);
    assertThat(bucket(family, "30")).isEqualTo(4);
    assertThat(bucket(family, "+Inf")).isEqualTo(5);
    assertThat(family.points().getLast())
        .isEqualTo(new Family.Point("x_seconds_count", Labels.of("a", "b"), 5));
  }

  private static double bucket(Family family, String bound) {
    return family.points().stream()
        .filter(point -> bound.equals(point.labels().get("le")))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void the_page_shows_this_machine_like_a_node_exporter_then_the_hub() {
    SampleBatch batch = new SampleBatch();
    batch.addMetadata(new MetricMetadata("node_load1", MetricType.GAUGE, "", "1m load average."));
    add(batch, NOW - 2000, 0.25, "__name__", "node_load1", "instance", "me", "job", "node");
    add(batch, NOW - 1000, 0.5, "__name__", "node_load1", "instance", "me", "job", "node");
    add(batch, NOW, 9, "__name__", "node_load1", "instance", "other", "job", "node");
    add(batch, NOW, 3, "__name__", "node_forks_total", "instance", "me", "job", "node");
    add(batch, NOW - 60_000, 3, "__name__", "node_old", "instance", "me", "job", "node");
    int ended =
        batch.addSeries(Labels.of("__name__", "node_ended", "instance", "me", "job", "node"));
    batch.addSample(ended, NOW - 1, StaleMarker.BITS);
    add(batch, NOW, 4, "__name__", "node_x", "instance", "me", "job", "node", "device", "sda");
    store.append(batch);
    HubMetrics metrics = new HubMetrics();
    metrics.http("GET", "/metrics", 200, 1_000_000);
    String page = new MetricsPage(store, "me", List.of(metrics), clock).write();
    assertThat(page)
        .startsWith(
            """
            # TYPE node_forks_total counter
            node_forks_total 3
            # HELP node_load1 1m load average.
            # TYPE node_load1 gauge
            node_load1 0.5
            # TYPE node_x untyped
            node_x{device="sda"} 4
            """)
        .contains(
            "evenkeel_http_requests_total{code=\"200\",method=\"GET\",route=\"/metrics\"} 1\n")
        .contains("# TYPE evenkeel_event_to_chart_seconds histogram\n")
        .doesNotContain("node_old")
        .doesNotContain("node_ended");
  }

  @Test
  void the_hubs_own_metrics_are_stored_under_its_job() {
    HubMetrics metrics = new HubMetrics();
    metrics.ingested("agent", 500, 2, 1_000_000);
    assertThat(metrics.samplesIngested()).isEqualTo(500);
    try (SelfSampler sampler =
        new SelfSampler(
            List.of(metrics, new ProcessFamilies(), new StoreFamilies(store)),
            store,
            "me",
            clock)) {
      assertThat(sampler.sample().refused()).isZero();
    }
    try (StoreReader reader = store.reader(0, NOW)) {
      assertThat(
              reader.select(
                  List.of(
                      Matcher.equal("__name__", "evenkeel_ingest_samples_total"),
                      Matcher.equal("job", "evenkeel"),
                      Matcher.equal("instance", "me"),
                      Matcher.equal("source", "agent"))))
          .hasSize(1);
      assertThat(reader.select(List.of(Matcher.equal("__name__", "evenkeel_hub_heap_bytes"))))
          .hasSize(1);
    }
  }

  private static void add(SampleBatch batch, long time, double value, String... labels) {
    batch.addSample(batch.addSeries(Labels.of(labels)), time, value);
  }
}
