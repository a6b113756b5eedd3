package io.evenkeel.tsdb.engine.chunk;

import java.util.Arrays;

/// Closed intervals of time as pairs in an array, for what was deleted.
public final class Intervals {
  /// No interval.
  public static final long[] NONE = {};

  private Intervals() {}

  /// Whether a time lies in one of the intervals.
  public static boolean contain(long[] intervals, long time) {
    for (int i = 0; i < intervals.length; i += 2) {
      if (time >= intervals[i] && time <= intervals[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /// Whether one of the intervals has a time in common with a closed interval.
  public static boolean overlap(long[] intervals, long from, long to) {
    for (int i = 0; i < intervals.length; i += 2) {
      if (from <= intervals[i + 1] && to >= intervals[i]) {
        return true;
      }
    }
    return false;
  }

  /// The intervals and one more.
  public static long[] add(long[] intervals, long from, long to) {
    long[] more = Arrays.copyOf(intervals, intervals.length + 2);
    more[intervals.length] = from;
    more[intervals.length + 1] = to;
    return more;
  }
}
