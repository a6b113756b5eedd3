package io.evenkeel.hub.api;

import io.evenkeel.hub.alert.AlertRule;
import io.evenkeel.hub.alert.RuleBook;
import io.evenkeel.hub.alert.ThresholdAdvice;
import io.evenkeel.hub.incident.Incidents;
import io.evenkeel.hub.security.Access;
import io.evenkeel.model.Text;
import java.time.Duration;
import java.util.List;

/// How much rules say for nothing, and what would make them quieter.
public final class NoiseRoutes {
  public record Report(List<Incidents.Noise> rules) {}

  private static final Duration REPORT = Duration.ofDays(30);
  private static final Duration ADVICE = Duration.ofDays(7);

  private final RuleBook book;
  private final Incidents incidents;
  private final ThresholdAdvice advice;

  public NoiseRoutes(RuleBook book, Incidents incidents, ThresholdAdvice advice) {
    this.book = book;
    this.incidents = incidents;
    this.advice = advice;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/rules/noise",
            Access.VIEWER,
            "Tells how often each rule fired in 30 days, and how often somebody cared.",
            Report.class,
            exchange -> exchange.answer(new Report(incidents.noise(REPORT)))),
        Route.get(
            "/api/hub/v1/rules/{id}/suggestion",
            Access.VIEWER,
            "Suggests a threshold with which a rule would be quieter.",
            ThresholdAdvice.Suggestion.class,
            this::suggest));
  }

  private void suggest(Exchange exchange) throws Exception {
    String id = exchange.variable("id");
    AlertRule rule =
        book.rules().stream()
            .filter(one -> one.id().equals(id))
            .findFirst()
            .orElseThrow(() ->
                ApiException.notFound(
                    Text.of(
                        "There is no rule with the id '" + id + "'.", "没有 ID 为“" + id + "”的规则。")));
    int acknowledged =
        incidents.noise(ADVICE).stream()
            .filter(one -> one.ruleId().equals(id))
            .mapToInt(Incidents.Noise::acknowledged)
            .sum();
    exchange.answer(Outcomes.resultOf(advice.of(rule, acknowledged)));
  }
}
