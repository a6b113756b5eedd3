package io.evenkeel.gateway.health;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// Keeps retries from multiplying the load of a pool in trouble: over the last ten seconds at most
/// 20 % of its requests and 10 a second more are retried (Finagle's budget). Thread-safe.
///
/// A budget over a window rather than over what is in flight (Envoy's) lets all requests that a
/// dead backend of a small pool had in flight be retried at once.
public final class RetryBudget {
  static final double PART = 0.2;
  static final int ALWAYS = 100;
  private static final int SECONDS = 10;

  private final AtomicLongArray requests = new AtomicLongArray(SECONDS + 1);
  private final AtomicLongArray retries = new AtomicLongArray(SECONDS + 1);
  private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);

  /// Counts a first try.
  public void request(long nowNanos) {
    requests.incrementAndGet(slot(nowNanos));
  }

  /// Takes a retry if the budget has one.
  public boolean tryTake(long nowNanos) {
    int slot = slot(nowNanos);
    if (sum(retries) >= ALWAYS + PART * sum(requests)) {
      return false;
    }
    retries.incrementAndGet(slot);
    return true;
  }

  private int slot(long nowNanos) {
    long now = Math.floorDiv(nowNanos, 1_000_000_000L);
    long before = second.get();
    if (now > before && second.compareAndSet(before, now)) {
      // Whoever turns the clock empties the seconds that passed; a count lost to the race does not
      // matter.
      long passed = before == Long.MIN_VALUE ? SECONDS + 1 : Math.min(now - before, SECONDS + 1);
      for (long s = now - passed + 1; s <= now; s++) {
        int stale = Math.floorMod(s, SECONDS + 1);
        requests.set(stale, 0);
        retries.set(stale, 0);
      }
    }
    return Math.floorMod(now, SECONDS + 1);
  }

  private static long sum(AtomicLongArray counts) {
    long sum = 0;
    for (int i = 0; i < counts.length(); i++) {
      sum += counts.get(i);
    }
    return sum;
  }
}
