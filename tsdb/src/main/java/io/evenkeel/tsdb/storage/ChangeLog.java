package io.evenkeel.tsdb.storage;

import java.util.Arrays;

/// When samples of which times were last stored or hidden, by the minute: so that whoever keeps an
/// answer can ask whether it still holds.
///
/// A store notes a change once readers see it and before it acknowledges it. So an answer that was
/// computed after reading [#now] and that [#isUnchanged] confirms is the one that the store would
/// give. Safe for use by many threads.
public final class ChangeLog {
  private static final long BUCKET_MILLIS = 60_000;

  /// Nearly three days: late samples come up to 26 hours late.
  private static final int BUCKETS = 4_096;

  /// The number of the last change in each of the newest buckets, in a ring.
  private final long[] changes = new long[BUCKETS];

  private long newest = Long.MIN_VALUE;

  /// The number of the last change before the ring.
  private long before;

  private long number;

  /// The number of the last change so far.
  public synchronized long now() {
    return number;
  }

  /// Notes that samples were stored; the interval is closed, epoch milliseconds.
  public synchronized void stored(long fromMillis, long toMillis) {
    advance(Math.floorDiv(toMillis, BUCKET_MILLIS));
    note(fromMillis, toMillis);
  }

  /// Notes that samples of a closed interval were hidden or let go of, epoch milliseconds.
  public synchronized void removed(long fromMillis, long toMillis) {
    note(fromMillis, toMillis);
  }

  /// Whether nothing has changed since a reading of [#now] in a closed interval, epoch
  /// milliseconds.
  public synchronized boolean isUnchanged(long since, long fromMillis, long toMillis) {
    if (number == since) {
      return true;
    }
    long first = Math.floorDiv(fromMillis, BUCKET_MILLIS);
    if (first < oldest() && before > since) {
      return false;
    }
    long last = Math.min(Math.floorDiv(toMillis, BUCKET_MILLIS), newest);
    for (long bucket = Math.max(first, oldest()); bucket <= last; bucket++) {
      if (changes[slot(bucket)] > since) {
        return false;
      }
    }
    return true;
  }

  /// A time shortly before the newest sample: what is older is stored only when it comes late.
  public synchronized long settledBeforeMillis() {
    return newest == Long.MIN_VALUE ? Long.MIN_VALUE : (newest - 1) * BUCKET_MILLIS;
  }

  private void advance(long bucket) {
    if (bucket <= newest) {
      return;
    }
    if (newest == Long.MIN_VALUE || bucket - newest >= BUCKETS) {
      before = Math.max(before, Arrays.stream(changes).max().orElse(0));
      Arrays.fill(changes, 0);
    } else {
      for (long passed = newest + 1; passed <= bucket; passed++) {
        before = Math.max(before, changes[slot(passed)]);
        changes[slot(passed)] = 0;
      }
    }
    newest = bucket;
  }

  private void note(long fromMillis, long toMillis) {
    number++;
    long first = Math.floorDiv(fromMillis, BUCKET_MILLIS);
    if (first < oldest()) {
      before = number;
    }
    long last = Math.min(Math.floorDiv(toMillis, BUCKET_MILLIS), newest);
    for (long bucket = Math.max(first, oldest()); bucket <= last; bucket++) {
      changes[slot(bucket)] = number;
    }
  }

  private long oldest() {
    return newest == Long.MIN_VALUE ? Long.MIN_VALUE : newest - BUCKETS + 1;
  }

  private static int slot(long bucket) {
    return Math.floorMod(bucket, BUCKETS);
  }
}
