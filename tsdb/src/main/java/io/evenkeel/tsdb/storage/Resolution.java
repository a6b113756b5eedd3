package io.evenkeel.tsdb.storage;

import java.time.Duration;

/// A resolution in which a store keeps rollups.
public enum Resolution {
  ONE_MINUTE(Duration.ofMinutes(1)),
  ONE_HOUR(Duration.ofHours(1));

  private final long millis;

  Resolution(Duration duration) {
    millis = duration.toMillis();
  }

  /// How long a bucket is, milliseconds.
  public long millis() {
    return millis;
  }

  /// The end of the bucket (end − length, end] that a time lies in; ends are multiples of the
  /// length.
  public long bucketEnd(long timeMillis) {
    return timeMillis + Math.floorMod(-timeMillis, millis);
  }

  /// The first time that lies in a bucket whose end is at or after a time.
  public long firstTime(long endMillis) {
    long end = Math.max(endMillis, Long.MIN_VALUE + millis);
    return bucketEnd(end) - millis + 1;
  }
}
