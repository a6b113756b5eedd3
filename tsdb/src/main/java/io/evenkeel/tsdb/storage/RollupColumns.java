package io.evenkeel.tsdb.storage;

import java.util.Arrays;

/// Rollups of one series in time order, in primitive columns: what its numbers in each bucket (end
/// − length, end] come to. A bucket without samples is not there; a bucket may hold stale markers
/// only, then its count is 0.
///
/// The sum is Neumaier's: sum and compensation are to be added. `increase` is what a counter grew
/// by from the bucket's first sample to its last, a fall taken for a restart at zero; between two
/// buckets it is [#increaseBetween]. Native histograms are not rolled up. Not thread-safe.
public final class RollupColumns {
  /// How many columns of longs there are.
  static final int COLUMNS = 11;

  private static final int END = 0;
  private static final int COUNT = 1;
  private static final int SUM = 2;
  private static final int COMPENSATION = 3;
  private static final int MIN = 4;
  private static final int MAX = 5;
  private static final int FIRST_TIME = 6;
  private static final int FIRST = 7;
  private static final int LAST_TIME = 8;
  private static final int LAST = 9;
  private static final int INCREASE = 10;

  private final long[][] columns = new long[COLUMNS][16];
  private boolean[] stale = new boolean[16];
  private int size;

  /// Appends a bucket.
  ///
  /// @param end its end, epoch milliseconds
  /// @param staleAtEnd whether its newest sample is a stale marker
  public void add(
      long end,
      long count,
      double sum,
      double compensation,
      double min,
      double max,
      long firstTime,
      double first,
      long lastTime,
      double last,
      double increase,
      boolean staleAtEnd) {
    if (size == stale.length) {
      for (int i = 0; i < COLUMNS; i++) {
        columns[i] = Arrays.copyOf(columns[i], 2 * size);
      }
      stale = Arrays.copyOf(stale, 2 * size);
    }
    columns[END][size] = end;
    columns[COUNT][size] = count;
    columns[SUM][size] = Double.doubleToRawLongBits(sum);
    columns[COMPENSATION][size] = Double.doubleToRawLongBits(compensation);
    columns[MIN][size] = Double.doubleToRawLongBits(min);
    columns[MAX][size] = Double.doubleToRawLongBits(max);
    columns[FIRST_TIME][size] = firstTime;
    columns[FIRST][size] = Double.doubleToRawLongBits(first);
    columns[LAST_TIME][size] = lastTime;
    columns[LAST][size] = Double.doubleToRawLongBits(last);
    columns[INCREASE][size] = Double.doubleToRawLongBits(increase);
    stale[size] = staleAtEnd;
    size++;
  }

  /// Appends one bucket of another buffer.
  public void addFrom(RollupColumns other, int index) {
    add(
        other.end(index),
        other.count(index),
        other.sum(index),
        other.compensation(index),
        other.min(index),
        other.max(index),
        other.firstTime(index),
        other.first(index),
        other.lastTime(index),
        other.last(index),
        other.increase(index),
        other.staleAtEnd(index));
  }

  /// Forgets the buckets, keeps the room.
  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  /// The end of a bucket, which belongs to it, epoch milliseconds.
  public long end(int index) {
    return columns[END][index];
  }

  /// How many numbers there are; stale markers do not count.
  public long count(int index) {
    return columns[COUNT][index];
  }

  /// The sum without its compensation.
  public double sum(int index) {
    return number(SUM, index);
  }

  public double compensation(int index) {
    return number(COMPENSATION, index);
  }

  /// The smallest number; NaN only when all are.
  public double min(int index) {
    return number(MIN, index);
  }

  /// The largest number; NaN only when all are.
  public double max(int index) {
    return number(MAX, index);
  }

  public long firstTime(int index) {
    return columns[FIRST_TIME][index];
  }

  public double first(int index) {
    return number(FIRST, index);
  }

  public long lastTime(int index) {
    return columns[LAST_TIME][index];
  }

  public double last(int index) {
    return number(LAST, index);
  }

  /// How much a counter grew inside the bucket.
  public double increase(int index) {
    return number(INCREASE, index);
  }

  /// How much a counter grew from the last sample of the bucket before to the first of this one.
  public double increaseBetween(int index) {
    double before = last(index - 1);
    double now = first(index);
    return now < before ? now : now - before;
  }

  /// Whether the newest sample of the bucket is a stale marker.
  public boolean staleAtEnd(int index) {
    return stale[index];
  }

  private double number(int column, int index) {
    return Double.longBitsToDouble(columns[column][index]);
  }
}
