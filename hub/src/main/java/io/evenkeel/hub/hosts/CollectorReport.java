package io.evenkeel.hub.hosts;

import io.evenkeel.agent.CollectorStatus;
import io.evenkeel.hub.telemetry.LastSample;
import io.evenkeel.model.Label;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How one collector of a host fares.
///
/// @param reason why it is not ok, for a person to read; null when it is, or when the host's agent
///   does not tell
/// @param durationMillis how long its last round took, null when that is not known
public record CollectorReport(
    String name,
    CollectorStatus.State state,
    @Nullable String reason,
    @Nullable Double durationMillis) {
  private static final long LOOK_BACK_MILLIS = 120_000;

  /// A collector of the agent inside the hub.
  public static CollectorReport of(CollectorStatus status) {
    return new CollectorReport(
        status.name(),
        status.state(),
        status.reason(),
        status.state() == CollectorStatus.State.UNAVAILABLE ? null : status.durationNanos() / 1e6);
  }

  /// The collectors of a host, from the series that its agent or node_exporter sends about them.
  ///
  /// @param switchedOff the ones that the hub's settings switch off, which send nothing
  public static List<CollectorReport> read(
      Queryable store, Host host, Set<String> switchedOff, long nowMillis) {
    Map<String, Double> success = newest(store, "node_scrape_collector_success", host, nowMillis);
    Map<String, Double> seconds =
        newest(store, "node_scrape_collector_duration_seconds", host, nowMillis);
    Stream<CollectorReport> off =
        switchedOff.stream()
            .map(name ->
                new CollectorReport(
                    name,
                    CollectorStatus.State.UNAVAILABLE,
                    "switched off in the settings of the hub",
                    null));
    Stream<CollectorReport> read =
        success.entrySet().stream()
            .filter(entry -> !switchedOff.contains(entry.getKey()))
            .map(entry -> {
              Double took = seconds.get(entry.getKey());
              return new CollectorReport(
                  entry.getKey(),
                  entry.getValue() == 1 ? CollectorStatus.State.OK : CollectorStatus.State.FAILING,
                  null,
                  took == null ? null : Double.valueOf(took * 1000));
            });
    return Stream.concat(read, off).sorted(Comparator.comparing(CollectorReport::name)).toList();
  }

  private static Map<String, Double> newest(
      Queryable store, String metric, Host host, long nowMillis) {
    Map<String, Double> newest = new TreeMap<>();
    LastSample last = new LastSample();
    long from = nowMillis - LOOK_BACK_MILLIS;
    try (StoreReader reader = store.reader(from, nowMillis)) {
      for (Series series :
          reader.select(
              List.of(
                  Matcher.equal(Label.METRIC_NAME, metric),
                  Matcher.equal(Label.INSTANCE, host.name())))) {
        last.of(series, from, nowMillis)
            .ifPresent(value -> newest.put(series.labels().valueOrEmpty("collector"), value));
      }
    }
    return newest;
  }
}
