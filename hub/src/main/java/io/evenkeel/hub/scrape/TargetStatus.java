package io.evenkeel.hub.scrape;

import java.util.Locale;
import java.util.OptionalLong;

/// How the scraping of a target goes.
///
/// @param lastError what went wrong at the last scrape, or what of it was refused; empty when
///   nothing was
/// @param lastScrapeMillis when the last scrape began, epoch milliseconds
/// @param lastScrapeSeconds how long it took
/// @param samples how many samples its page held
public record TargetStatus(
    Health health,
    String lastError,
    OptionalLong lastScrapeMillis,
    double lastScrapeSeconds,
    int samples) {

  /// Whether the last scrape went well.
  public enum Health {
    /// There has been none.
    UNKNOWN,
    UP,
    DOWN;

    /// The word in Prometheus's API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Before the first scrape.
  static final TargetStatus NEW = new TargetStatus(Health.UNKNOWN, "", OptionalLong.empty(), 0, 0);
}
