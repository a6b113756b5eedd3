package io.evenkeel.hub.telemetry;

import io.evenkeel.model.MetricType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Every counter that the hub keeps of its own work, in one place. Safe for use by many threads.
public final class HubMetrics implements Family.Source {
  /// Who asked for an evaluation.
  public enum QueryOrigin {
    LIVE("live"),
    CHART("chart"),
    API("api");

    private final String label;

    QueryOrigin(String label) {
      this.label = label;
    }
  }

  private final LabelledCounter ingestedSamples = new LabelledCounter();
  private final LabelledCounter ingestRequests = new LabelledCounter();
  private final LabelledCounter refusedRequests = new LabelledCounter();
  private final RateMeter ingestRate = new RateMeter(System::nanoTime);
  private final LongAdder refusedSamples = new LongAdder();
  private final DurationHistogram appendDurations = new DurationHistogram();
  private final Map<QueryOrigin, DurationHistogram> queryDurations =
      new EnumMap<>(QueryOrigin.class);
  private final LabelledCounter failedQueries = new LabelledCounter();
  private final DurationHistogram eventToChart = new DurationHistogram();
  private final AtomicInteger liveStreams = new AtomicInteger();
  private final LongAdder liveFrames = new LongAdder();
  private final LabelledCounter httpRequests = new LabelledCounter();
  private final LabelledCounter httpNanos = new LabelledCounter();

  public HubMetrics() {
    for (QueryOrigin origin : QueryOrigin.values()) {
      queryDurations.put(origin, new DurationHistogram());
    }
  }

  /// Counts a batch that was stored.
  public void ingested(String source, int samples, int refused, long nanos) {
    ingestedSamples.add(samples, source);
    ingestRate.add(samples);
    refusedSamples.add(refused);
    appendDurations.recordNanos(nanos);
  }

  /// Counts an answered request that brought samples.
  ///
  /// @param door by which it came: a word of the program
  public void delivery(String door, int status) {
    ingestRequests.add(1, door, Integer.toString(status));
  }

  /// Counts a request, or a page, that was refused as a whole.
  ///
  /// @param door by which it came: a word of the program
  /// @param reason a word of the program
  public void refusedDelivery(String door, String reason) {
    refusedRequests.add(1, door, reason);
  }

  /// Counts an evaluation.
  public void query(QueryOrigin origin, long nanos, boolean failed) {
    DurationHistogram durations = queryDurations.get(origin);
    if (durations != null) {
      durations.recordNanos(nanos);
    }
    if (failed) {
      failedQueries.add(1, origin.label);
    }
  }

  /// Counts an HTTP request by its route, not by its path.
  public void http(String method, String route, int status, long nanos) {
    httpRequests.add(1, method, route, Integer.toString(status));
    httpNanos.add(nanos, route);
  }

  public void liveStreamOpened() {
    liveStreams.incrementAndGet();
  }

  public void liveStreamClosed() {
    liveStreams.decrementAndGet();
  }

  public void liveFrame() {
    liveFrames.increment();
  }

  /// The time from a sample's collection to its drawing, as browsers measure it.
  public DurationHistogram eventToChart() {
    return eventToChart;
  }

  /// Samples stored since the start.
  public long samplesIngested() {
    return ingestedSamples.total();
  }

  /// Samples stored per second, over the last ten.
  public double samplesPerSecond() {
    return ingestRate.perSecond();
  }

  @Override
  public List<Family> families() {
    List<Family> families = new ArrayList<>();
    families.add(
        counted(
            "evenkeel_ingest_samples_total",
            "Samples stored, by where they came from.",
            ingestedSamples,
            1,
            "source"));
    families.add(
        Family.counter(
            "evenkeel_ingest_refused_samples_total",
            "Samples that cleaning or the store refused.",
            refusedSamples.sum()));
    families.add(
        counted(
            "evenkeel_ingest_requests_total",
            "Requests that brought samples, by door and the status they were answered with.",
            ingestRequests,
            1,
            "door",
            "code"));
    families.add(
        counted(
            "evenkeel_ingest_requests_refused_total",
            "Requests and pages that were refused as a whole, by door and reason.",
            refusedRequests,
            1,
            "door",
            "reason"));
    families.add(
        Family.builder(
                "evenkeel_ingest_append_seconds",
                MetricType.HISTOGRAM,
                "Time from a batch's arrival until it was durable.")
            .add(appendDurations)
            .build());
    Family.Builder durations =
        Family.builder(
            "evenkeel_query_duration_seconds",
            MetricType.HISTOGRAM,
            "Time of an evaluation, by who asked for it.");
    queryDurations.forEach((origin, histogram) -> durations.add(histogram, "origin", origin.label));
    families.add(durations.build());
    families.add(
        counted(
            "evenkeel_queries_failed_total",
            "Evaluations that ended in an error, by who asked for them.",
            failedQueries,
            1,
            "origin"));
    families.add(
        Family.builder(
                "evenkeel_event_to_chart_seconds",
                MetricType.HISTOGRAM,
                "Time from a sample's collection until a browser had drawn it.")
            .add(eventToChart)
            .build());
    families.add(
        Family.gauge("evenkeel_live_streams", "Open live streams.", liveStreams.doubleValue()));
    families.add(
        Family.counter("evenkeel_live_frames_total", "Frames sent to browsers.", liveFrames.sum()));
    families.add(
        counted(
            "evenkeel_http_requests_total",
            "HTTP requests, by method, route and status.",
            httpRequests,
            1,
            "method",
            "route",
            "code"));
    families.add(
        counted(
            "evenkeel_http_request_seconds_total",
            "Time spent on HTTP requests, by route.",
            httpNanos,
            1e-9,
            "route"));
    return families;
  }

  private static Family counted(
      String name, String help, LabelledCounter counter, double unit, String... labels) {
    Family.Builder family = Family.builder(name, MetricType.COUNTER, help);
    counter.into(family, unit, labels);
    return family.build();
  }
}
