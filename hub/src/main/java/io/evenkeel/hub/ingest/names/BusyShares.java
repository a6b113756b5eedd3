package io.evenkeel.hub.ingest.names;

import io.evenkeel.model.Labels;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/// Counters of seconds made from percentages that hold since the sample before, such as Telegraf's
/// `cpu_usage_user`: each adds its share of the time that went by, which is what the counter that
/// it was computed from grew by. They begin at 0 with the first sample and after a restart of the
/// hub, as any counter may. Safe for use by many threads.
final class BusyShares {
  /// After this long without a sample it is not known of which time a percentage speaks.
  private static final long LONGEST_MILLIS = 600_000;

  private static final int MOST = 100_000;

  private final Map<Labels, Counter> counters = new ConcurrentHashMap<>();

  private static final class Counter {
    private long lastMillis;
    private double seconds;

    Counter(long begun) {
      this.lastMillis = begun;
    }

    synchronized OptionalDouble add(long timeMillis, double percent) {
      long elapsed = timeMillis - lastMillis;
      if (elapsed < 0 || !(percent >= 0)) {
        return OptionalDouble.empty();
      }
      if (elapsed <= LONGEST_MILLIS) {
        seconds += percent / 100 * elapsed / 1_000;
      }
      lastMillis = timeMillis;
      return OptionalDouble.of(seconds);
    }
  }

  /// The counter after a sample; nothing for one that is older than the one before, or is no share.
  OptionalDouble add(Labels target, long timeMillis, double percent) {
    if (counters.size() >= MOST) {
      counters.clear();
    }
    return counters
        .computeIfAbsent(target, unused -> new Counter(timeMillis))
        .add(timeMillis, percent);
  }
}
