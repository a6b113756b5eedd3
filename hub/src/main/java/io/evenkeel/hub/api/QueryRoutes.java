package io.evenkeel.hub.api;

import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.telemetry.HubMetrics.QueryOrigin;
import io.evenkeel.model.Exemplar;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Formatter;
import io.evenkeel.promql.parse.SyntaxTree;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import io.evenkeel.tsdb.storage.TimeSeriesStore.SeriesExemplars;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// The part of Prometheus's HTTP API that evaluates expressions.
public final class QueryRoutes {
  private final QueryEngine engine;
  private final TimeSeriesStore store;
  private final PrometheusAnswers answers;
  private final HubMetrics metrics;
  private final InstantSource clock;

  public QueryRoutes(
      QueryEngine engine,
      TimeSeriesStore store,
      PrometheusAnswers answers,
      HubMetrics metrics,
      InstantSource clock) {
    this.engine = engine;
    this.store = store;
    this.answers = answers;
    this.metrics = metrics;
    this.clock = clock;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.addAll(
        answers.both("/api/v1/query", "Evaluates an expression at one time.", this::query));
    routes.addAll(
        answers.both(
            "/api/v1/query_range", "Evaluates an expression over a range.", this::queryRange));
    routes.addAll(
        answers.both(
            "/api/v1/query_exemplars",
            "Lists exemplars of the series that an expression selects.",
            this::exemplars));
    routes.addAll(
        answers.both(
            "/api/v1/format_query",
            "Lays an expression out for reading.",
            (exchange, left) ->
                tree(exchange, (json, expr) -> json.writeString(Formatter.pretty(expr)))));
    routes.addAll(
        answers.both(
            "/api/v1/parse_query",
            "Tells the tree of an expression.",
            (exchange, left) ->
                tree(exchange, (json, expr) -> json.writePOJO(SyntaxTree.of(expr)))));
    return List.copyOf(routes);
  }

  /// Writes something about an expression.
  private interface About {
    void write(JsonGenerator json, Expr expr);
  }

  private static byte[] tree(Exchange exchange, About about) {
    Expr expr = QueryEngine.parse(expression(exchange));
    return PrometheusJson.success(List.of(), List.of(), json -> about.write(json, expr));
  }

  private byte[] query(Exchange exchange, Duration left) {
    long time = PrometheusParameters.time(exchange, "time", clock.instant());
    return evaluate(exchange, QueryRequest.instant(expression(exchange), time), left);
  }

  private byte[] queryRange(Exchange exchange, Duration left) {
    long start = PrometheusParameters.time(exchange, "start");
    long end = PrometheusParameters.time(exchange, "end");
    if (end < start) {
      throw PrometheusProblem.badData(
          "invalid parameter \"end\": end timestamp must not be before start time");
    }
    long step = PrometheusParameters.duration("step", exchange.parameter("step").orElse(""));
    if (step <= 0) {
      throw PrometheusProblem.badData(
          "invalid parameter \"step\": zero or negative query resolution step widths are not"
              + " accepted. Try a positive integer");
    }
    if ((end - start) / step >= engine.limits().maxPoints()) {
      throw PrometheusProblem.badData(
          String.format(
              Locale.ROOT,
              "exceeded maximum resolution of %,d points per timeseries. Try decreasing the query"
                  + " resolution (?step=XX)",
              engine.limits().maxPoints()));
    }
    return evaluate(exchange, QueryRequest.range(expression(exchange), start, end, step), left);
  }

  private static String expression(Exchange exchange) {
    return exchange.parameter("query").orElse("");
  }

  private byte[] evaluate(Exchange exchange, QueryRequest request, Duration left) {
    long begun = System.nanoTime();
    int limit = PrometheusParameters.limit(exchange);
    Duration timeout =
        PrometheusParameters.duration(exchange, "timeout")
            .filter(asked -> asked.compareTo(left) < 0)
            .orElse(left);
    boolean failed = true;
    try {
      QueryOutcome outcome =
          engine.query(
              request
                  .withLookback(PrometheusParameters.duration(exchange, "lookback_delta"))
                  .withTimeout(Optional.of(timeout))
                  .withCancelled(() -> Thread.currentThread().isInterrupted()));
      failed = false;
      double waited = Math.max(0, engine.limits().timeout().minus(left).toNanos() * 1e-9);
      double took = (System.nanoTime() - begun) * 1e-9;
      Value value = limited(outcome.value(), limit);
      List<String> warnings = new ArrayList<>(outcome.warnings());
      if (size(value) < size(outcome.value())) {
        warnings.add(PrometheusJson.TRUNCATED);
      }
      boolean stats = !exchange.parameter("stats").orElse("").isEmpty();
      return PrometheusJson.success(
          warnings,
          outcome.infos(),
          json ->
              PrometheusJson.value(
                  json,
                  value,
                  stats ? () -> stats(json, outcome.samples(), waited, took) : () -> {}));
    } finally {
      metrics.query(QueryOrigin.API, System.nanoTime() - begun, failed);
    }
  }

  private static Value limited(Value value, int limit) {
    return switch (value) {
      case Value.InstantVector vector when limit > 0 && vector.samples().size() > limit ->
          new Value.InstantVector(vector.samples().subList(0, limit));
      case Value.RangeVector range when limit > 0 && range.series().size() > limit ->
          new Value.RangeVector(range.series().subList(0, limit));
      case Value whole -> whole;
    };
  }

  private static int size(Value value) {
    return switch (value) {
      case Value.InstantVector vector -> vector.samples().size();
      case Value.RangeVector range -> range.series().size();
      case Value.Scalar scalar -> 1;
      case Value.Text text -> 1;
    };
  }

  /// In Prometheus's form; only what the engine measures.
  private static void stats(JsonGenerator json, long samples, double waited, double took) {
    json.writeName("stats");
    json.writeStartObject();
    json.writeName("timings");
    json.writeStartObject();
    json.writeNumberProperty("evalTotalTime", took);
    json.writeNumberProperty("execQueueTime", waited);
    json.writeNumberProperty("execTotalTime", waited + took);
    json.writeEndObject();
    json.writeName("samples");
    json.writeStartObject();
    json.writeNumberProperty("totalQueryableSamples", samples);
    json.writeEndObject();
    json.writeEndObject();
  }

  private byte[] exemplars(Exchange exchange, Duration left) {
    long start = PrometheusParameters.time(exchange, "start", Instant.EPOCH);
    long end = PrometheusParameters.time(exchange, "end", clock.instant());
    if (end < start) {
      throw PrometheusProblem.badData(
          "invalid parameter \"end\": end timestamp must not be before start timestamp");
    }
    List<SeriesExemplars> found =
        store.exemplars(Selectors.of(QueryEngine.parse(expression(exchange))), start, end);
    return PrometheusJson.success(
        List.of(),
        List.of(),
        json -> {
          json.writeStartArray();
          found.forEach(each -> exemplars(json, each));
          json.writeEndArray();
        });
  }

  private static void exemplars(JsonGenerator json, SeriesExemplars series) {
    json.writeStartObject();
    json.writeName("seriesLabels");
    PrometheusJson.labels(json, series.series());
    json.writeName("exemplars");
    json.writeStartArray();
    for (Exemplar exemplar : series.exemplars()) {
      json.writeStartObject();
      json.writeName("labels");
      PrometheusJson.labels(json, exemplar.labels());
      json.writeStringProperty("value", FloatText.of(exemplar.value()));
      json.writeName("timestamp");
      json.writeNumber(PrometheusJson.seconds(exemplar.timestampMillis()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
