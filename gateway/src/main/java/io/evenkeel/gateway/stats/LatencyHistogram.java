package io.evenkeel.gateway.stats;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// Counts durations in buckets of 12.5 % width from a microsecond to over an hour, so that any
/// quantile is within 12.5 %. Thread-safe, without locks.
public final class LatencyHistogram {
  private static final int SUB_BITS = 3;
  private static final int SUBS = 1 << SUB_BITS;

  /// How many buckets there are.
  public static final int BUCKETS = 34 * SUBS;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
  private final LongAdder sumNanos = new LongAdder();

  /// Counts a duration.
  public void record(long nanos) {
    counts.incrementAndGet(indexOf(nanos));
    sumNanos.add(nanos);
  }

  /// What was counted so far.
  public Snapshot snapshot() {
    long[] copy = new long[BUCKETS];
    long total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      copy[i] = counts.get(i);
      total += copy[i];
    }
    return new Snapshot(copy, total, sumNanos.sum());
  }

  private static int indexOf(long nanos) {
    long micros = Math.max(1, nanos / 1000);
    int exponent = 63 - Long.numberOfLeadingZeros(micros);
    int sub =
        exponent >= SUB_BITS
            ? (int) (micros >>> exponent - SUB_BITS) & SUBS - 1
            : (int) (micros << SUB_BITS - exponent) & SUBS - 1;
    return Math.min(BUCKETS - 1, exponent * SUBS + sub);
  }

  /// The largest duration that a bucket counts, in microseconds.
  private static double upperMicros(int index) {
    int exponent = index / SUBS;
    return Math.scalb(1.0 + (index % SUBS + 1.0) / SUBS, exponent);
  }

  /// The counts of a moment.
  public static final class Snapshot {
    /// Of somebody who does not count durations.
    public static final Snapshot UNKNOWN = new Snapshot(new long[0], 0, 0);

    private final long[] counts;
    private final long total;
    private final long sumNanos;

    private Snapshot(long[] counts, long total, long sumNanos) {
      this.counts = counts;
      this.total = total;
      this.sumNanos = sumNanos;
    }

    /// The counts that somebody else took: another gateway told them.
    ///
    /// @param counts by bucket, as [#counts] gives them; buckets that are missing at the end have
    ///   none
    public static Snapshot of(long[] counts, double sumSeconds) {
      if (counts.length > BUCKETS) {
        throw new IllegalArgumentException(
            "there are " + BUCKETS + " buckets, not " + counts.length);
      }
      long[] copy = Arrays.copyOf(counts, BUCKETS);
      return new Snapshot(copy, Arrays.stream(copy).sum(), Math.round(sumSeconds * 1e9));
    }

    /// The counts by bucket; none when durations are not counted.
    public long[] counts() {
      return counts.clone();
    }

    /// These counts and others together; known when either is.
    public Snapshot plus(Snapshot other) {
      if (!isKnown() || !other.isKnown()) {
        return isKnown() ? this : other;
      }
      long[] sum = new long[BUCKETS];
      for (int i = 0; i < BUCKETS; i++) {
        sum[i] = counts[i] + other.counts[i];
      }
      return new Snapshot(sum, total + other.total, sumNanos + other.sumNanos);
    }

    /// Whether durations are counted at all.
    public boolean isKnown() {
      return counts.length > 0;
    }

    /// How many durations were counted.
    public long count() {
      return total;
    }

    /// Their sum in seconds.
    public double sumSeconds() {
      return sumNanos / 1e9;
    }

    /// The duration in seconds that a part of all did not exceed, to 12.5 %; NaN when none was
    /// counted.
    public double quantileSeconds(double part) {
      if (total == 0) {
        return Double.NaN;
      }
      long rank = Math.max(1, (long) Math.ceil(part * total));
      long seen = 0;
      for (int i = 0; i < counts.length; i++) {
        seen += counts[i];
        if (seen >= rank) {
          return upperMicros(i) / 1e6;
        }
      }
      return upperMicros(counts.length - 1) / 1e6;
    }

    /// How many durations were at most this long, for cumulative buckets.
    public long countUpTo(double seconds) {
      long seen = 0;
      for (int i = 0; i < counts.length && upperMicros(i) / 1e6 <= seconds * (1 + 1e-9); i++) {
        seen += counts[i];
      }
      return seen;
    }
  }
}
