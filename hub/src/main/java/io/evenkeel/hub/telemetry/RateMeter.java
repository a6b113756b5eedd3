package io.evenkeel.hub.telemetry;

import java.util.function.LongSupplier;

/// How many per second, over the last full ten seconds. Safe for use by many threads.
public final class RateMeter {
  private static final int SECONDS = 10;

  private final LongSupplier nanos;
  private final long[] counts = new long[SECONDS + 1];
  private final long begun;
  private long second;

  /// @param nanos a clock that is never set
  public RateMeter(LongSupplier nanos) {
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
  }

  public synchronized void add(long count) {
    advance();
    counts[(int) (second % counts.length)] += count;
  }

  /// Per second; while the meter is younger than ten seconds, over its age.
  public synchronized double perSecond() {
    advance();
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    sum -= counts[(int) (second % counts.length)];
    return second == 0 ? 0 : (double) sum / Math.min(second, SECONDS);
  }

  private void advance() {
    long now = (nanos.getAsLong() - begun) / 1_000_000_000L;
    long steps = Math.min(now - second, counts.length);
    for (long i = 1; i <= steps; i++) {
      counts[(int) ((now - steps + i) % counts.length)] = 0;
    }
    second = Math.max(second, now);
  }
}
