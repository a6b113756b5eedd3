package io.evenkeel.hub.api;

import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.notify.NotifyMetrics;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.telemetry.DurationHistogram;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.telemetry.MetricsPage;
import io.evenkeel.hub.telemetry.ProcessFamilies;
import io.evenkeel.model.exposition.TextWriter;
import io.evenkeel.promql.cache.ResultCache;
import io.evenkeel.tsdb.storage.StoreStatistics;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the hub fares: its figures for the pages, and its metrics for scrapers.
public final class StatusRoutes {
  /// The hub's figures. Times are epoch milliseconds; what the system does not tell is null.
  ///
  /// @param samplesTotal stored since the start
  /// @param daysToKeep how many days of raw samples there will be at the present rate
  /// @param readOnly whether the store takes no samples for now
  /// @param tuningProblem why no knob of this machine can be turned; empty when that is a matter of
  ///   its policy alone
  /// @param eventToChart from a sample's collection until a browser had drawn it
  /// @param eventToNotification from a sample until a service had taken the message about it
  /// @param eventToResolved the same for the message that it is over
  public record Status(
      String version,
      long startedAt,
      long uptimeMillis,
      int series,
      double samplesPerSecond,
      long samplesTotal,
      long storageBytes,
      @Nullable Double daysToKeep,
      boolean readOnly,
      String tuningProblem,
      @Nullable Long diskFreeBytes,
      @Nullable Long rssBytes,
      long heapBytes,
      @Nullable Double queryCacheHitPercent,
      @Nullable Long queryCacheBytes,
      Latency eventToChart,
      Latency eventToNotification,
      Latency eventToResolved,
      String java) {}

  /// Null before the first measurement.
  public record Latency(long count, @Nullable Double p50Millis, @Nullable Double p99Millis) {}

  private static final Logger LOG = LoggerFactory.getLogger(StatusRoutes.class);

  private final TimeSeriesStore store;
  private final HubMetrics metrics;
  private final NotifyMetrics notified;
  private final Optional<ResultCache> cache;
  private final MetricsPage page;
  private final Path data;
  private final String tuningProblem;
  private final Instant startedAt;
  private final long startedNanos = System.nanoTime();

  /// @param data the data directory, whose disk's free space is told
  /// @param tuningProblem as in [Status]
  public StatusRoutes(
      TimeSeriesStore store,
      HubMetrics metrics,
      NotifyMetrics notified,
      Optional<ResultCache> cache,
      MetricsPage page,
      Path data,
      String tuningProblem,
      InstantSource clock) {
    this.store = store;
    this.metrics = metrics;
    this.notified = notified;
    this.cache = cache;
    this.page = page;
    this.data = data;
    this.tuningProblem = tuningProblem;
    this.startedAt = clock.instant();
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/status",
            Access.VIEWER,
            "Tells the hub's own figures.",
            Status.class,
            exchange -> exchange.answer(status())),
        Route.get(
            "/metrics",
            Access.VIEWER,
            "Shows this machine's metrics and the hub's in Prometheus's text format.",
            null,
            exchange ->
                exchange.answer(
                    200, TextWriter.CONTENT_TYPE, page.write().getBytes(StandardCharsets.UTF_8))));
  }

  private Status status() {
    Optional<ResultCache.Figures> cached = cache.map(ResultCache::figures);
    StoreStatistics statistics = store.statistics();
    OptionalLong resident = ProcessFamilies.residentBytes();
    return new Status(
        Version.current(),
        startedAt.toEpochMilli(),
        (System.nanoTime() - startedNanos) / 1_000_000,
        statistics.headSeries(),
        metrics.samplesPerSecond(),
        statistics.samplesAppended(),
        statistics.diskBytes(),
        nullable(statistics.daysToKeep()),
        statistics.readOnly(),
        tuningProblem,
        diskFree(),
        resident.isPresent() ? Long.valueOf(resident.getAsLong()) : null,
        ProcessFamilies.heapBytes(),
        cached.map(StatusRoutes::hitPercent).orElse(null),
        cached.map(ResultCache.Figures::bytes).orElse(null),
        latency(metrics.eventToChart()),
        latency(notified.eventToNotification()),
        latency(notified.eventToResolved()),
        Runtime.version().toString());
  }

  /// Of the steps of range queries so far, or null before the first.
  private static @Nullable Double hitPercent(ResultCache.Figures figures) {
    long all = figures.cachedSteps() + figures.computedSteps();
    return all == 0 ? null : Double.valueOf(100.0 * figures.cachedSteps() / all);
  }

  private @Nullable Long diskFree() {
    try {
      return Files.getFileStore(data).getUsableSpace();
    } catch (IOException e) {
      LOG.debug("The free space of {} is not known: {}", data, e.getMessage());
      return null;
    }
  }

  private static Latency latency(DurationHistogram histogram) {
    return new Latency(
        histogram.count(),
        nullable(histogram.quantileMillis(0.5)),
        nullable(histogram.quantileMillis(0.99)));
  }

  private static @Nullable Double nullable(OptionalDouble value) {
    return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
  }
}
