package io.evenkeel.hub.hosts;

import java.util.Arrays;
import java.util.OptionalLong;

/// How often a host reports, measured as the median of the last few distances between its samples:
/// a lost report or one that comes twice does not move it. Not thread-safe.
final class ReportPeriod {
  private static final int KEPT = 5;
  private static final int FEWEST = 3;
  private static final long LONGEST_MILLIS = 600_000;

  private final long[] distances = new long[KEPT];
  private int count;
  private long lastTimeMillis = Long.MIN_VALUE;

  /// Notes the time of a host's newest sample; one that is not newer changes nothing.
  void note(long timeMillis) {
    if (timeMillis <= lastTimeMillis) {
      return;
    }
    if (lastTimeMillis != Long.MIN_VALUE && timeMillis - lastTimeMillis <= LONGEST_MILLIS) {
      distances[count++ % KEPT] = timeMillis - lastTimeMillis;
    }
    lastTimeMillis = timeMillis;
  }

  /// The period, to the tenth of a second; empty until enough was seen.
  OptionalLong millis() {
    int known = Math.min(count, KEPT);
    if (known < FEWEST) {
      return OptionalLong.empty();
    }
    long[] sorted = Arrays.copyOf(distances, known);
    Arrays.sort(sorted);
    return OptionalLong.of(Math.max(100, (sorted[known / 2] + 50) / 100 * 100));
  }
}
