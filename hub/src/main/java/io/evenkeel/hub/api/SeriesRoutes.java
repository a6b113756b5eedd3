package io.evenkeel.hub.api;

import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.Utf8Order;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The part of Prometheus's HTTP API that tells which series, labels and metrics there are.
public final class SeriesRoutes {
  private static final Duration AHEAD = Duration.ofHours(1);

  private final TimeSeriesStore store;
  private final PrometheusAnswers answers;
  private final InstantSource clock;

  public SeriesRoutes(TimeSeriesStore store, PrometheusAnswers answers, InstantSource clock) {
    this.store = store;
    this.answers = answers;
    this.clock = clock;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.addAll(answers.both("/api/v1/labels", "Lists label names.", this::labels));
    routes.addAll(answers.both("/api/v1/series", "Lists series.", this::series));
    routes.add(
        answers.get(
            "/api/v1/label/{name}/values", "Lists the values of a label.", this::labelValues));
    routes.add(answers.get("/api/v1/metadata", "Tells what metrics mean.", this::metadata));
    return List.copyOf(routes);
  }

  /// Reads something from the store for each of the selectors, or once without one.
  private interface Reading<T> {
    List<T> from(StoreReader reader, List<Matcher> matchers);
  }

  private <T> List<T> read(Exchange exchange, List<List<Matcher>> selectors, Reading<T> reading) {
    long start = PrometheusParameters.time(exchange, "start", Instant.EPOCH);
    long end = PrometheusParameters.time(exchange, "end", clock.instant().plus(AHEAD));
    if (end < start) {
      throw PrometheusProblem.badData(
          "invalid parameter \"end\": end timestamp must not be before start timestamp");
    }
    List<T> all = new ArrayList<>();
    try (StoreReader reader = store.reader(start, end)) {
      for (List<Matcher> matchers : selectors.isEmpty() ? List.of(List.<Matcher>of()) : selectors) {
        all.addAll(reading.from(reader, matchers));
      }
    }
    return all;
  }

  private byte[] labels(Exchange exchange, Duration left) {
    int limit = PrometheusParameters.limit(exchange);
    return sortedStrings(
        read(
            exchange,
            Selectors.given(exchange),
            (reader, matchers) -> reader.labelNames(matchers, limit == 0 ? 0 : limit + 1)),
        limit);
  }

  private byte[] labelValues(Exchange exchange, Duration left) {
    String label = LabelNames.unescaped(exchange.variable("name"));
    if (label.isEmpty()) {
      throw PrometheusProblem.badData("invalid label name: \"\"");
    }
    int limit = PrometheusParameters.limit(exchange);
    return sortedStrings(
        read(
            exchange,
            Selectors.given(exchange),
            (reader, matchers) -> reader.labelValues(label, matchers, limit == 0 ? 0 : limit + 1)),
        limit);
  }

  private static byte[] sortedStrings(List<String> texts, int limit) {
    TreeSet<String> sorted = new TreeSet<>(Utf8Order.INSTANCE);
    sorted.addAll(texts);
    List<String> cut = limited(List.copyOf(sorted), limit);
    return PrometheusJson.success(
        truncated(sorted.size(), cut.size()), List.of(), json -> PrometheusJson.strings(json, cut));
  }

  private byte[] series(Exchange exchange, Duration left) {
    List<List<Matcher>> selectors = Selectors.given(exchange);
    if (selectors.isEmpty()) {
      throw PrometheusProblem.badData("no match[] parameter provided");
    }
    int limit = PrometheusParameters.limit(exchange);
    TreeSet<Labels> sorted =
        new TreeSet<>(
            read(
                exchange,
                selectors,
                (reader, matchers) ->
                    reader.select(matchers).stream().map(Series::labels).toList()));
    List<Labels> cut = limited(List.copyOf(sorted), limit);
    return PrometheusJson.success(
        truncated(sorted.size(), cut.size()),
        List.of(),
        json -> {
          json.writeStartArray();
          cut.forEach(labels -> PrometheusJson.labels(json, labels));
          json.writeEndArray();
        });
  }

  private static <T> List<T> limited(List<T> all, int limit) {
    return limit == 0 || all.size() <= limit ? all : all.subList(0, limit);
  }

  private static List<String> truncated(int all, int kept) {
    return kept < all ? List.of(PrometheusJson.TRUNCATED) : List.of();
  }

  private byte[] metadata(Exchange exchange, Duration left) {
    List<MetricMetadata> all =
        store.metadata(
            exchange.parameter("metric").orElse(""), PrometheusParameters.limit(exchange));
    return PrometheusJson.success(
        List.of(),
        List.of(),
        json -> {
          json.writeStartObject();
          for (MetricMetadata metadata : all) {
            json.writeName(metadata.metric());
            json.writeStartArray();
            json.writeStartObject();
            json.writeStringProperty("type", word(metadata.type()));
            json.writeStringProperty("help", metadata.help());
            json.writeStringProperty("unit", metadata.unit());
            json.writeEndObject();
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  private static String word(MetricType type) {
    return switch (type) {
      case COUNTER -> "counter";
      case GAUGE -> "gauge";
      case HISTOGRAM -> "histogram";
      case GAUGE_HISTOGRAM -> "gaugehistogram";
      case SUMMARY -> "summary";
      case INFO -> "info";
      case STATE_SET -> "stateset";
      case UNKNOWN -> "unknown";
    };
  }
}
