package io.evenkeel.hub.telemetry;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.exposition.TextWriter;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The page under `/metrics`: this machine's metrics as node_exporter would show them, then the
/// hub's own.
///
/// This machine's are the newest stored samples of the last [#LOOK_BACK_MILLIS]; what ended earlier
/// is not shown.
public final class MetricsPage {
  /// Long enough for what is collected only every 10 s.
  private static final long LOOK_BACK_MILLIS = 30_000;

  private static final Set<String> TARGET_LABELS = Set.of(Label.JOB, Label.INSTANCE);
  private static final Matcher OF_THE_MACHINE =
      new Matcher(
          Label.METRIC_NAME,
          Matcher.Operator.MATCHES,
          "node_.*|evenkeel_process_.*|evenkeel_unit_.*");

  private final TimeSeriesStore store;
  private final String instance;
  private final List<Family.Source> sources;
  private final InstantSource clock;

  /// @param instance this machine's name on the hub
  public MetricsPage(
      TimeSeriesStore store, String instance, List<Family.Source> sources, InstantSource clock) {
    this.store = store;
    this.instance = instance;
    this.sources = List.copyOf(sources);
    this.clock = clock;
  }

  /// The page's text now.
  public String write() {
    StringBuilder out = new StringBuilder(1 << 17);
    TextWriter writer = new TextWriter(out);
    writeMachine(writer);
    for (Family.Source source : sources) {
      for (Family family : source.families()) {
        writer.family(family.metadata());
        for (Family.Point point : family.points()) {
          writer.sample(point.name(), point.labels(), point.value());
        }
      }
    }
    return out.toString();
  }

  private void writeMachine(TextWriter writer) {
    long now = clock.millis();
    Map<String, MetricMetadata> known = new HashMap<>();
    for (MetricMetadata metadata : store.metadata("", 0)) {
      known.put(metadata.metric(), metadata);
    }
    Map<String, Map<Labels, Double>> latest = new TreeMap<>();
    try (StoreReader reader = store.reader(now - LOOK_BACK_MILLIS, now)) {
      List<Matcher> matchers =
          List.of(
              Matcher.equal(Label.JOB, "node"),
              Matcher.equal(Label.INSTANCE, instance),
              OF_THE_MACHINE);
      LastSample last = new LastSample();
      for (Series series : reader.select(matchers)) {
        last.of(series, now - LOOK_BACK_MILLIS, now)
            .ifPresent(value ->
                latest
                    .computeIfAbsent(series.labels().metricName(), name -> new TreeMap<>())
                    .put(series.labels().without(TARGET_LABELS), value));
      }
    }
    latest.forEach((name, samples) -> {
      writer.family(known.getOrDefault(name, unknown(name)));
      samples.forEach((labels, value) -> writer.sample(name, labels, value));
    });
  }

  private static MetricMetadata unknown(String name) {
    return new MetricMetadata(
        name, name.endsWith("_total") ? MetricType.COUNTER : MetricType.UNKNOWN, "", "");
  }
}
