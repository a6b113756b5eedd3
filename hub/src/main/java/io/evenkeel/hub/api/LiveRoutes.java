package io.evenkeel.hub.api;

import io.evenkeel.hub.live.LiveHub;
import io.evenkeel.hub.live.LiveRefusal;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.model.Text;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Live values: one stream of server-sent events a browser.
public final class LiveRoutes {
  /// What a browser wants to follow; replaces what it wanted before.
  public record Subscriptions(List<LiveHub.Wish> subs) {}

  /// Times from collection to drawing, as a browser measured them.
  public record Latencies(List<Double> millis) {}

  private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);
  private static final int MOST_LATENCIES = 1_000;
  private static final double LONGEST_LATENCY_MILLIS = 600_000;
  private static final long RETRY_AFTER_SECONDS = 5;

  private final LiveHub live;
  private final HubMetrics metrics;

  public LiveRoutes(LiveHub live, HubMetrics metrics) {
    this.live = live;
    this.metrics = metrics;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/live",
            Access.VIEWER,
            "Streams live values as server-sent events: hello, frame, hosts.",
            null,
            this::stream),
        Route.put(
            "/api/hub/v1/live/{stream}/subscriptions",
            Access.VIEWER,
            "Replaces what a live stream follows.",
            Subscriptions.class,
            null,
            this::subscribe),
        Route.post(
            "/api/hub/v1/live/latency",
            Access.VIEWER,
            "Tells how long values took from their collection until they were drawn.",
            Latencies.class,
            null,
            this::latency));
  }

  private void stream(Exchange exchange) throws InterruptedException {
    Optional<String> lastEventId =
        exchange.header("Last-Event-ID").or(() -> exchange.parameter("lastEventId"));
    try {
      live.serve(exchange.caller().auditName(), lastEventId, connection(exchange));
    } catch (LiveRefusal e) {
      throw refused(e);
    }
  }

  private static LiveHub.LiveConnection connection(Exchange exchange) {
    return new LiveHub.LiveConnection() {
      @Override
      public OutputStream begin() {
        exchange.header("X-Accel-Buffering", "no");
        return exchange.stream("text/event-stream; charset=utf-8");
      }

      @Override
      public boolean admitted() {
        return exchange.stillAdmitted();
      }

      @Override
      public void ended(Exception e) {
        LOG.debug("A live stream's browser went away: {}", e.getMessage());
      }
    };
  }

  private void subscribe(Exchange exchange) {
    Subscriptions wanted = exchange.json(Subscriptions.class);
    try {
      if (!live.subscribe(
          exchange.caller().auditName(), exchange.variable("stream"), wanted.subs())) {
        throw ApiException.notFound(
            Text.of("This live stream has ended: open a new one.", "该实时流已结束，请重新打开。"));
      }
    } catch (LiveRefusal e) {
      throw refused(e);
    }
    exchange.done();
  }

  private static ApiException refused(LiveRefusal refusal) {
    Text message = refusal.text();
    return switch (refusal.reason()) {
      case TOO_MANY -> ApiException.tooMany(message, RETRY_AFTER_SECONDS);
      case BAD_EXPRESSION, UNKNOWN_HOST ->
          ApiException.badExpression(refusal.field(), message, refusal.position());
    };
  }

  private void latency(Exchange exchange) {
    List<Double> millis = exchange.json(Latencies.class).millis();
    if (millis.size() > MOST_LATENCIES) {
      throw ApiException.badField(
          "millis",
          Text.of(
              "At most " + MOST_LATENCIES + " times are taken.",
              "最多接受 " + MOST_LATENCIES + " 个时间。"));
    }
    for (Double each : millis) {
      // A browser's clock may be a little behind the hub's; one far off says nothing.
      if (each != null && each > -1_000 && each < LONGEST_LATENCY_MILLIS) {
        metrics.eventToChart().recordNanos((long) (each * 1e6));
      }
    }
    exchange.done();
  }
}
