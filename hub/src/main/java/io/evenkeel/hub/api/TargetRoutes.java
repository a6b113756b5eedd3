package io.evenkeel.hub.api;

import io.evenkeel.hub.scrape.Scraper;
import io.evenkeel.hub.scrape.Target;
import io.evenkeel.hub.scrape.TargetStatus;
import io.evenkeel.hub.security.Access;
import io.evenkeel.promql.parse.Durations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The targets that the hub scrapes, in the words of Prometheus's API.
public final class TargetRoutes {
  /// Go's zero time, which stands for never.
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private final Scraper scraper;

  public TargetRoutes(Scraper scraper) {
    this.scraper = scraper;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/v1/targets",
            Access.VIEWER,
            "Lists the targets that are scraped, and those that relabelling drops.",
            null,
            this::targets));
  }

  private void targets(Exchange exchange) {
    String state = exchange.parameter("state").orElse("any");
    String pool = exchange.parameter("scrapePool").orElse("");
    List<Map<String, Object>> active = new ArrayList<>();
    List<Map<String, Object>> dropped = new ArrayList<>();
    Map<String, Integer> droppedCounts = new LinkedHashMap<>();
    if (!state.equals("dropped")) {
      for (Scraper.Active one : scraper.active()) {
        if (pool.isEmpty() || pool.equals(one.target().job().name())) {
          active.add(active(one.target(), one.status()));
        }
      }
    }
    for (Scraper.Dropped some : scraper.dropped()) {
      if (!pool.isEmpty() && !pool.equals(some.job())) {
        continue;
      }
      droppedCounts.put(some.job(), some.count());
      if (!state.equals("active")) {
        some.labels()
            .forEach(labels ->
                dropped.add(Map.of("discoveredLabels", labels.toMap(), "scrapePool", some.job())));
      }
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("activeTargets", active);
    data.put("droppedTargets", dropped);
    data.put("droppedTargetCounts", droppedCounts);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("status", "success");
    answer.put("data", data);
    exchange.answer(answer);
  }

  private static Map<String, Object> active(Target target, TargetStatus status) {
    Map<String, Object> active = new LinkedHashMap<>();
    active.put("discoveredLabels", target.discovered().toMap());
    active.put("labels", target.labels().toMap());
    active.put("scrapePool", target.job().name());
    active.put("scrapeUrl", target.uri().toString());
    active.put("globalUrl", target.uri().toString());
    active.put("lastError", status.lastError());
    active.put(
        "lastScrape",
        status.lastScrapeMillis().isPresent()
            ? Instant.ofEpochMilli(status.lastScrapeMillis().getAsLong()).toString()
            : NEVER);
    active.put("lastScrapeDuration", status.lastScrapeSeconds());
    active.put("health", status.health().word());
    active.put("scrapeInterval", Durations.format(target.interval().toMillis()));
    active.put("scrapeTimeout", Durations.format(target.timeout().toMillis()));
    return active;
  }
}
