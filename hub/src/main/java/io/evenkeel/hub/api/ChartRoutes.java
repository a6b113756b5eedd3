package io.evenkeel.hub.api;

import io.evenkeel.hub.chart.ChartAnswer;
import io.evenkeel.hub.chart.ChartRequest;
import io.evenkeel.hub.chart.Charts;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.work.BusyException;
import java.time.Duration;
import java.util.List;

/// History for charts.
public final class ChartRoutes {
  private static final long LONGEST_MILLIS = Duration.ofDays(3 * 366).toMillis();
  private static final int FEWEST_POINTS = 10;
  private static final int LONGEST_EXPRESSION = 16 << 10;

  private final Charts charts;

  public ChartRoutes(Charts charts) {
    this.charts = charts;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
                "/api/hub/v1/chart",
                Access.VIEWER,
                "Evaluates expressions over a range and answers them in buckets with their"
                    + " extremes.",
                ChartRequest.class,
                ChartAnswer.class,
                this::chart)
            .thatOnlyReads());
  }

  private void chart(Exchange exchange) throws InterruptedException {
    ChartRequest request = exchange.json(ChartRequest.class);
    check(request);
    try {
      exchange.answer(charts.answer(request));
    } catch (BusyException e) {
      throw ApiException.unavailable(String.valueOf(e.getMessage()), 1);
    }
  }

  private static void check(ChartRequest request) {
    if (request.from() < 0 || request.to() <= request.from()) {
      throw ApiException.badField("to", "The range has to end after it begins.");
    }
    if (request.to() - request.from() > LONGEST_MILLIS) {
      throw ApiException.badField("from", "A range has three years at most.");
    }
    if (request.maxPoints() < FEWEST_POINTS || request.maxPoints() > Charts.MAX_POINTS) {
      throw ApiException.badField(
          "maxPoints", "Between " + FEWEST_POINTS + " and " + Charts.MAX_POINTS + " points.");
    }
    if (request.queries().isEmpty() || request.queries().size() > Charts.MAX_QUERIES) {
      throw ApiException.badField(
          "queries", "Between 1 and " + Charts.MAX_QUERIES + " expressions at once.");
    }
    for (ChartRequest.Query query : request.queries()) {
      if (query.expr().length() > LONGEST_EXPRESSION) {
        throw ApiException.badField(
            "queries", "The expression '" + query.id() + "' is longer than 16 KiB.");
      }
    }
  }
}
