package io.evenkeel.hub.api;

import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.telemetry.HubMetrics.QueryOrigin;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.Utf8Order;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/// Prometheus's HTTP API, so that Grafana and promtool find what they know.
public final class PrometheusRoutes {
  /// The release whose API this is; clients choose features by it.
  private static final String API_VERSION = "3.14.0";

  private static final Duration AHEAD = Duration.ofHours(1);

  private final QueryEngine engine;
  private final TimeSeriesStore store;
  private final CpuPool pool;
  private final HubMetrics metrics;
  private final InstantSource clock;

  public PrometheusRoutes(
      QueryEngine engine,
      TimeSeriesStore store,
      CpuPool pool,
      HubMetrics metrics,
      InstantSource clock) {
    this.engine = engine;
    this.store = store;
    this.pool = pool;
    this.metrics = metrics;
    this.clock = clock;
  }

  /// Computes an answer on the pool.
  private interface Question {
    byte[] answer(Exchange exchange);
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    both(routes, "query", "Evaluates an expression at one time.", this::query);
    both(routes, "query_range", "Evaluates an expression over a range.", this::queryRange);
    both(routes, "labels", "Lists label names.", this::labels);
    both(routes, "series", "Lists series.", this::series);
    routes.add(get("label/{name}/values", "Lists the values of a label.", this::labelValues));
    routes.add(get("metadata", "Tells what metrics mean.", this::metadata));
    routes.add(get("status/buildinfo", "Tells the version.", exchange -> buildInfo()));
    return List.copyOf(routes);
  }

  private void both(List<Route> routes, String name, String summary, Question question) {
    routes.add(get(name, summary, question));
    routes.add(
        Route.post(
                "/api/v1/" + name,
                Access.VIEWER,
                summary,
                null,
                null,
                exchange -> answer(exchange, question))
            .thatOnlyReads());
  }

  private Route get(String name, String summary, Question question) {
    return Route.get(
        "/api/v1/" + name, Access.VIEWER, summary, null, exchange -> answer(exchange, question));
  }

  private void answer(Exchange exchange, Question question) throws Exception {
    // A form's body is read here: a slow sender must not hold a thread of the pool.
    exchange.parameters("query");
    try {
      exchange.answer(
          200, "application/json", pool.compute(() -> translated(() -> question.answer(exchange))));
    } catch (PrometheusProblem e) {
      refuse(exchange, e);
    } catch (CpuPool.BusyException e) {
      refuse(exchange, PrometheusProblem.unavailable(String.valueOf(e.getMessage())));
    }
  }

  private static void refuse(Exchange exchange, PrometheusProblem problem) {
    exchange.answer(
        problem.status(),
        "application/json",
        PrometheusJson.error(problem.type(), String.valueOf(problem.getMessage())));
  }

  private static byte[] translated(Supplier<byte[]> work) {
    try {
      return work.get();
    } catch (QueryException.BadQuery e) {
      throw PrometheusProblem.badData("invalid parameter \"query\": " + e.getMessage());
    } catch (QueryException.Failed e) {
      throw PrometheusProblem.execution(String.valueOf(e.getMessage()));
    } catch (QueryException.TimedOut e) {
      throw PrometheusProblem.timeout(String.valueOf(e.getMessage()));
    } catch (QueryException.Cancelled e) {
      throw PrometheusProblem.canceled(String.valueOf(e.getMessage()));
    } catch (StorageException e) {
      throw PrometheusProblem.internal(String.valueOf(e.getMessage()));
    }
  }

  private byte[] query(Exchange exchange) {
    long time = PrometheusParameters.time(exchange, "time", clock.instant());
    return evaluate(exchange, QueryRequest.instant(expression(exchange), time));
  }

  private byte[] queryRange(Exchange exchange) {
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
    return evaluate(exchange, QueryRequest.range(expression(exchange), start, end, step));
  }

  private static String expression(Exchange exchange) {
    return exchange.parameter("query").orElse("");
  }

  private byte[] evaluate(Exchange exchange, QueryRequest request) {
    long begun = System.nanoTime();
    boolean failed = true;
    try {
      QueryOutcome outcome =
          engine.query(
              request
                  .withLookback(PrometheusParameters.duration(exchange, "lookback_delta"))
                  .withTimeout(PrometheusParameters.duration(exchange, "timeout"))
                  .withCancelled(() -> Thread.currentThread().isInterrupted()));
      failed = false;
      return PrometheusJson.success(
          outcome.warnings(), outcome.infos(), json -> PrometheusJson.value(json, outcome.value()));
    } finally {
      metrics.query(QueryOrigin.API, System.nanoTime() - begun, failed);
    }
  }

  /// Reads something from the store for each of the selectors, or once without one.
  private interface Reading<T> {
    List<T> from(StoreReader reader, List<Matcher> matchers);
  }

  private <T> List<T> read(Exchange exchange, List<List<Matcher>> selectors, Reading<T> reading) {
    long start = PrometheusParameters.time(exchange, "start", Instant.EPOCH);
    long end = PrometheusParameters.time(exchange, "end", clock.instant().plus(AHEAD));
    List<T> all = new ArrayList<>();
    try (StoreReader reader = store.reader(start, Math.max(start, end))) {
      for (List<Matcher> matchers : selectors.isEmpty() ? List.of(List.<Matcher>of()) : selectors) {
        all.addAll(reading.from(reader, matchers));
      }
    }
    return all;
  }

  private byte[] labels(Exchange exchange) {
    int limit = PrometheusParameters.limit(exchange);
    List<String> names =
        read(exchange, selectors(exchange), (reader, m) -> reader.labelNames(m, limit));
    return sortedStrings(names, limit);
  }

  private byte[] labelValues(Exchange exchange) {
    String label = exchange.variable("name");
    int limit = PrometheusParameters.limit(exchange);
    List<String> values =
        read(exchange, selectors(exchange), (reader, m) -> reader.labelValues(label, m, limit));
    return sortedStrings(values, limit);
  }

  private static byte[] sortedStrings(List<String> texts, int limit) {
    TreeSet<String> sorted = new TreeSet<>(Utf8Order.INSTANCE);
    sorted.addAll(texts);
    List<String> cut = limited(List.copyOf(sorted), limit);
    return PrometheusJson.success(
        truncated(sorted.size(), cut.size()), List.of(), json -> PrometheusJson.strings(json, cut));
  }

  private byte[] series(Exchange exchange) {
    List<List<Matcher>> selectors = selectors(exchange);
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
    return kept < all ? List.of("results truncated due to limit") : List.of();
  }

  private static List<List<Matcher>> selectors(Exchange exchange) {
    List<List<Matcher>> selectors = new ArrayList<>();
    for (String text : exchange.parameters("match[]")) {
      try {
        if (!(QueryEngine.parse(text) instanceof Expr.VectorSelector selector)) {
          throw PrometheusProblem.badData(
              "invalid parameter \"match[]\": \"" + text + "\" is not a selector of series");
        }
        selectors.add(selector.matchers());
      } catch (QueryException.BadQuery e) {
        throw PrometheusProblem.badData("invalid parameter \"match[]\": " + e.getMessage());
      }
    }
    return selectors;
  }

  private byte[] metadata(Exchange exchange) {
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

  private static byte[] buildInfo() {
    return PrometheusJson.success(
        List.of(),
        List.of(),
        (JsonGenerator json) -> {
          json.writeStartObject();
          json.writeStringProperty("version", API_VERSION);
          json.writeStringProperty("revision", "evenkeel-" + Version.current());
          json.writeStringProperty("branch", "");
          json.writeStringProperty("buildUser", "");
          json.writeStringProperty("buildDate", "");
          json.writeStringProperty("goVersion", "");
          json.writeEndObject();
        });
  }
}
