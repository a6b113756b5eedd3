package io.evenkeel.hub.api;

import io.evenkeel.hub.chart.ChartAnswer;
import io.evenkeel.hub.chart.ChartRequest;
import io.evenkeel.hub.chart.Charts;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.work.BusyException;
import io.evenkeel.model.Text;
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
      throw ApiException.unavailable(e.text(), 1);
    }
  }

  private static void check(ChartRequest request) {
    if (request.from() < 0 || request.to() <= request.from()) {
      throw ApiException.badField(
          "to", Text.of("The range has to end after it begins.", "时间范围的终点须晚于起点。"));
    }
    if (request.to() - request.from() > LONGEST_MILLIS) {
      throw ApiException.badField("from", Text.of("A range has three years at most.", "时间范围最长三年。"));
    }
    if (request.maxPoints() < FEWEST_POINTS || request.maxPoints() > Charts.MAX_POINTS) {
      throw ApiException.badField(
          "maxPoints",
          Text.of(
              "Between " + FEWEST_POINTS + " and " + Charts.MAX_POINTS + " points.",
              "点数为 " + FEWEST_POINTS + " 至 " + Charts.MAX_POINTS + "。"));
    }
    if (request.queries().isEmpty() || request.queries().size() > Charts.MAX_QUERIES) {
      throw ApiException.badField(
          "queries",
          Text.of(
              "Between 1 and " + Charts.MAX_QUERIES + " expressions at once.",
              "一次可查询 1 至 " + Charts.MAX_QUERIES + " 个表达式。"));
    }
    for (ChartRequest.Query query : request.queries()) {
      if (query.expr().length() > LONGEST_EXPRESSION) {
        throw ApiException.badField(
            "queries",
            Text.of(
                "The expression '" + query.id() + "' is longer than 16 KiB.",
                "表达式“" + query.id() + "”超过 16 KiB。"));
      }
    }
  }
}
