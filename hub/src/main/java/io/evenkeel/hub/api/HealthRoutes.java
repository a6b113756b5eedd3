package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.model.Text;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Whether the hub lives and whether it can work, for supervisors and load balancers.
public final class HealthRoutes {
  private final BooleanSupplier ready;
  private final BooleanSupplier alerting;

  /// @param ready whether everything is started and nothing is closing
  /// @param alerting whether rules are evaluated in time
  public HealthRoutes(BooleanSupplier ready, BooleanSupplier alerting) {
    this.ready = ready;
    this.alerting = alerting;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/-/healthy",
            Access.OPEN,
            "Answers while the process lives.",
            null,
            exchange -> text(exchange, "Evenkeel is healthy.\n")),
        Route.get(
            "/-/ready",
            Access.OPEN,
            "Answers 200 when the hub takes samples and answers questions, else 503.",
            null,
            this::ready),
        Route.get(
            "/-/alerting",
            Access.OPEN,
            "Answers 200 while rules are evaluated in time, else 503: for a probe of another hub.",
            null,
            this::alerting));
  }

  private void alerting(Exchange exchange) {
    if (!alerting.getAsBoolean()) {
      throw ApiException.unavailable(Text.of("Rules are not evaluated in time.", "规则未能及时求值。"), 10);
    }
    text(exchange, "Evenkeel is alerting.\n");
  }

  private void ready(Exchange exchange) {
    if (!ready.getAsBoolean()) {
      throw ApiException.unavailable(Text.of("The hub is starting or stopping.", "中心正在启动或停止。"), 1);
    }
    text(exchange, "Evenkeel is ready.\n");
  }

  private static void text(Exchange exchange, String text) {
    exchange.answer(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }
}
