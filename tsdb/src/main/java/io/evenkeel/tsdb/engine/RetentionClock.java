package io.evenkeel.tsdb.engine;

import java.time.Duration;

/// The time by which retention counts: the system's clock, unless it jumped.
///
/// A clock that is suddenly a year ahead must not cost a year of data. So the time here follows in
/// small steps at once, and after a leap only once a day of running time has passed with the clock
/// still ahead. Not thread-safe.
final class RetentionClock {
  private static final long STEP_MILLIS = Duration.ofDays(1).toMillis();
  private static final long TRUST_AFTER_NANOS = Duration.ofDays(1).toNanos();

  private long trustedMillis;
  private boolean leapt;
  private long leaptSinceNanos;

  /// Starts at the newest time that the store has data of, or at the clock when it has none.
  RetentionClock(long newestDataMillis, long nowMillis) {
    trustedMillis =
        newestDataMillis == Long.MIN_VALUE ? nowMillis : Math.min(newestDataMillis, nowMillis);
  }

  /// The time to count by, given the clock and a time source that only runs forward.
  long millis(long nowMillis, long runningNanos) {
    if (nowMillis - trustedMillis <= STEP_MILLIS) {
      leapt = false;
      trustedMillis = Math.max(trustedMillis, nowMillis);
    } else if (!leapt) {
      leapt = true;
      leaptSinceNanos = runningNanos;
    } else if (runningNanos - leaptSinceNanos >= TRUST_AFTER_NANOS) {
      leapt = false;
      trustedMillis = nowMillis;
    }
    return trustedMillis;
  }
}
