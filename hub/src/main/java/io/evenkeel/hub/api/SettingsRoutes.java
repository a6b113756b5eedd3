package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.settings.CollectionPeriod;
import java.time.Duration;
import java.util.List;

/// Settings that are changed while the hub runs.
public final class SettingsRoutes {
  public record CollectionSettings(int periodSeconds) {}

  private final CollectionPeriod period;

  public SettingsRoutes(CollectionPeriod period) {
    this.period = period;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/settings/collection",
            Access.VIEWER,
            "Tells how often agents collect.",
            CollectionSettings.class,
            exchange -> exchange.answer(settings())),
        Route.put(
            "/api/hub/v1/settings/collection",
            Access.ADMIN,
            "Changes how often agents collect.",
            CollectionSettings.class,
            CollectionSettings.class,
            this::change));
  }

  private CollectionSettings settings() {
    return new CollectionSettings(Math.toIntExact(period.current().toSeconds()));
  }

  private void change(Exchange exchange) {
    int seconds = exchange.json(CollectionSettings.class).periodSeconds();
    if (!CollectionPeriod.ALLOWED_SECONDS.contains(seconds)) {
      throw ApiException.badField(
          "periodSeconds",
          "The period is one of " + CollectionPeriod.ALLOWED_SECONDS + " seconds.");
    }
    period.change(Duration.ofSeconds(seconds), exchange.caller().auditName());
    exchange.answer(settings());
  }
}
