package io.evenkeel.hub.api;

import io.evenkeel.hub.config.EvenkeelConfig;
import io.evenkeel.hub.config.Version;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.parse.Durations;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.StoreStatistics;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// The part of Prometheus's HTTP API that tells how the server runs.
public final class PrometheusStatusRoutes {
  /// The release whose API this is; clients choose features by it.
  private static final String API_VERSION = "3.14.0";

  private static final int USUAL_ROWS = 10;
  private static final int MOST_ROWS = 10_000;

  private final TimeSeriesStore store;
  private final PrometheusAnswers answers;
  private final EvenkeelConfig config;
  private final Path data;
  private final InstantSource clock;
  private final Instant startedAt;

  /// @param data the data directory
  public PrometheusStatusRoutes(
      TimeSeriesStore store,
      PrometheusAnswers answers,
      EvenkeelConfig config,
      Path data,
      InstantSource clock) {
    this.store = store;
    this.answers = answers;
    this.config = config;
    this.data = data;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  public List<Route> routes() {
    return List.of(
        answers.get(
            "/api/v1/status/buildinfo", "Tells the version.", (exchange, left) -> buildInfo()),
        answers.get(
            "/api/v1/status/runtimeinfo", "Tells how the hub runs.", (exchange, left) -> runtime()),
        answers.get(
            "/api/v1/status/config", "Tells the settings as YAML.", (exchange, left) -> settings()),
        answers.get(
            "/api/v1/status/flags",
            "Tells the settings as Prometheus's flags.",
            (exchange, left) -> flags()),
        answers.get(
            "/api/v1/alertmanagers",
            "Tells the Alertmanagers that alerts are sent to: none, the hub notifies by itself.",
            (exchange, left) -> alertmanagers()),
        answers.get(
            "/api/v1/status/tsdb",
            "Tells which metrics and labels have the most series in the head.",
            this::head));
  }

  private static byte[] texts(Map<String, String> texts) {
    return PrometheusJson.success(
        List.of(),
        List.of(),
        json -> {
          json.writeStartObject();
          texts.forEach(json::writeStringProperty);
          json.writeEndObject();
        });
  }

  private static byte[] buildInfo() {
    Map<String, String> info = new LinkedHashMap<>();
    info.put("version", API_VERSION);
    info.put("revision", "evenkeel-" + Version.current());
    info.put("branch", "");
    info.put("buildUser", "");
    info.put("buildDate", "");
    info.put("goVersion", "");
    return texts(info);
  }

  private static byte[] alertmanagers() {
    return PrometheusJson.success(
        List.of(),
        List.of(),
        json -> {
          json.writeStartObject();
          for (String list : List.of("activeAlertmanagers", "droppedAlertmanagers")) {
            json.writeName(list);
            json.writeStartArray();
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  private byte[] runtime() {
    return PrometheusJson.success(
        List.of(),
        List.of(),
        json -> {
          json.writeStartObject();
          json.writeStringProperty("startTime", time(startedAt));
          json.writeStringProperty("CWD", Path.of("").toAbsolutePath().toString());
          json.writeStringProperty("serverTime", time(clock.instant()));
          json.writeBooleanProperty("reloadConfigSuccess", true);
          json.writeStringProperty("lastConfigTime", time(startedAt));
          json.writeNumberProperty("corruptionCount", 0);
          json.writeNumberProperty("goroutineCount", Thread.activeCount());
          json.writeNumberProperty("GOMAXPROCS", Runtime.getRuntime().availableProcessors());
          json.writeNumberProperty("GOMEMLIMIT", Runtime.getRuntime().maxMemory());
          json.writeStringProperty("GOGC", "");
          json.writeStringProperty("GODEBUG", "");
          json.writeStringProperty("storageRetention", retention());
          json.writeEndObject();
        });
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private String retention() {
    String keep = duration(config.retention().keep());
    return config.retention().sizeBytes() == 0
        ? keep
        : keep + " or " + config.retention().sizeBytes() + "B";
  }

  private static String duration(Duration duration) {
    return Durations.format(duration.toMillis());
  }

  /// The settings in the form of `evenkeel.yaml`; no secret is among them.
  private byte[] settings() {
    String yaml =
        """
        listen: %s:%d
        data: %s
        retention:
          keep: %s
        collection:
          period: %s
        limits:
          series: %d
          seriesPerAgent: %d
          queryTimeout: %s
          querySamples: %d
        """
            .formatted(
                config.listen().host(),
                config.listen().port(),
                data,
                duration(config.retention().keep()),
                duration(config.collection().period()),
                config.limits().series(),
                config.limits().seriesPerAgent(),
                duration(config.limits().queryTimeout()),
                config.limits().querySamples());
    return texts(Map.of("yaml", yaml));
  }

  private byte[] flags() {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("query.max-samples", Long.toString(config.limits().querySamples()));
    flags.put("query.timeout", duration(config.limits().queryTimeout()));
    flags.put("storage.tsdb.path", data.toString());
    flags.put("storage.tsdb.retention.time", duration(config.retention().keep()));
    flags.put("web.enable-admin-api", "true");
    flags.put("web.enable-remote-write-receiver", "true");
    flags.put("web.listen-address", config.listen().host() + ":" + config.listen().port());
    return texts(flags);
  }

  /// What is counted of the series in the head.
  private static final class Census {
    final Map<String, Long> seriesOfMetric = new HashMap<>();
    final Map<String, Set<String>> valuesOfLabel = new HashMap<>();
    final Map<String, Long> bytesOfLabel = new HashMap<>();
    final Map<String, Long> seriesOfPair = new HashMap<>();

    void count(Labels labels) {
      for (int i = 0; i < labels.size(); i++) {
        String name = labels.name(i);
        String value = labels.value(i);
        if (name.equals(Label.METRIC_NAME)) {
          seriesOfMetric.merge(value, 1L, Long::sum);
        }
        if (valuesOfLabel.computeIfAbsent(name, key -> new HashSet<>()).add(value)) {
          bytesOfLabel.merge(name, (long) value.length(), Long::sum);
        }
        seriesOfPair.merge(name + "=" + value, 1L, Long::sum);
      }
    }
  }

  private byte[] head(Exchange exchange, Duration left) {
    int given = PrometheusParameters.limit(exchange);
    int rows = given == 0 ? USUAL_ROWS : Math.min(given, MOST_ROWS);
    StoreStatistics statistics = store.statistics();
    Census census = new Census();
    boolean empty = statistics.headMinTimeMillis() > statistics.headMaxTimeMillis();
    if (!empty) {
      try (StoreReader reader =
          store.reader(statistics.headMinTimeMillis(), statistics.headMaxTimeMillis())) {
        reader.select(List.of()).stream().map(Series::labels).forEach(census::count);
      }
    }
    Map<String, Long> valueCounts = new HashMap<>();
    census.valuesOfLabel.forEach((name, values) -> valueCounts.put(name, (long) values.size()));
    return PrometheusJson.success(
        List.of(),
        List.of(),
        json -> {
          json.writeStartObject();
          json.writeName("headStats");
          json.writeStartObject();
          json.writeNumberProperty("numSeries", statistics.headSeries());
          json.writeNumberProperty("numLabelPairs", census.seriesOfPair.size());
          json.writeNumberProperty("chunkCount", statistics.headChunks());
          json.writeNumberProperty("minTime", statistics.headMinTimeMillis());
          json.writeNumberProperty("maxTime", statistics.headMaxTimeMillis());
          json.writeEndObject();
          rows(json, "seriesCountByMetricName", census.seriesOfMetric, rows);
          rows(json, "labelValueCountByLabelName", valueCounts, rows);
          rows(json, "memoryInBytesByLabelName", census.bytesOfLabel, rows);
          rows(json, "seriesCountByLabelValuePair", census.seriesOfPair, rows);
          json.writeEndObject();
        });
  }

  private static void rows(JsonGenerator json, String name, Map<String, Long> counts, int most) {
    json.writeName(name);
    json.writeStartArray();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .forEach(entry -> {
          json.writeStartObject();
          json.writeStringProperty("name", entry.getKey());
          json.writeNumberProperty("value", entry.getValue());
          json.writeEndObject();
        });
    json.writeEndArray();
  }
}
