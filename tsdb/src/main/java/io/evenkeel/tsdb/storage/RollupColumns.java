package io.evenkeel.tsdb.storage;

import java.util.Arrays;

/// Rollups of one series in time order, in primitive columns: what its numbers in each bucket (end
/// − length, end] come to. A bucket without samples is not there; a bucket may hold stale markers
/// only, then its count is 0.
///
/// The sum is Neumaier's. Of a counter the values from which it fell back are added up, as
/// Prometheus corrects an increase; between two buckets it is [#increaseBetween]. Native histograms
/// are not rolled up. Not thread-safe.
public final class RollupColumns {
  /// A column, as a store keeps it; of [Column#isValue] ones the numbers are a double's raw bits.
  public enum Column {
    END(false),
    COUNT(false),
    FIRST_TIME(false),
    FIRST(true),
    LAST_TIME(false),
    LAST(true),
    MIN(true),
    MAX(true),
    SUM(true),
    RESETS(true),
    STALE(false);

    private final boolean value;

    Column(boolean value) {
      this.value = value;
    }

    /// Whether it holds doubles.
    public boolean isValue() {
      return value;
    }
  }

  private static final int COLUMNS = Column.values().length;

  private final long[][] columns = new long[COLUMNS][16];
  private int size;

  /// Appends a bucket.
  ///
  /// @param end its end, epoch milliseconds
  /// @param staleAtEnd whether its newest sample is a stale marker
  public void add(
      long end,
      long count,
      long firstTime,
      double first,
      long lastTime,
      double last,
      double min,
      double max,
      double sum,
      double resets,
      boolean staleAtEnd) {
    ensure(size + 1);
    columns[Column.END.ordinal()][size] = end;
    columns[Column.COUNT.ordinal()][size] = count;
    columns[Column.FIRST_TIME.ordinal()][size] = firstTime;
    set(Column.FIRST, first);
    columns[Column.LAST_TIME.ordinal()][size] = lastTime;
    set(Column.LAST, last);
    set(Column.MIN, min);
    set(Column.MAX, max);
    set(Column.SUM, sum);
    set(Column.RESETS, resets);
    columns[Column.STALE.ordinal()][size] = staleAtEnd ? 1 : 0;
    size++;
  }

  private void set(Column column, double value) {
    columns[column.ordinal()][size] = Double.doubleToRawLongBits(value);
  }

  private void ensure(int capacity) {
    if (capacity > columns[0].length) {
      int grown = Math.max(capacity, 2 * columns[0].length);
      for (int i = 0; i < COLUMNS; i++) {
        columns[i] = Arrays.copyOf(columns[i], grown);
      }
    }
  }

  /// One column; only the first [#size] numbers count, and they must not be changed.
  public long[] column(Column column) {
    return columns[column.ordinal()];
  }

  /// Appends buckets given as columns in their order, those whose ends lie in a closed interval.
  public void addAll(long[][] from, int count, long fromMillis, long toMillis) {
    long[] ends = from[Column.END.ordinal()];
    int begin = 0;
    while (begin < count && ends[begin] < fromMillis) {
      begin++;
    }
    int end = begin;
    while (end < count && ends[end] <= toMillis) {
      end++;
    }
    ensure(size + end - begin);
    for (int i = 0; i < COLUMNS; i++) {
      System.arraycopy(from[i], begin, columns[i], size, end - begin);
    }
    size += end - begin;
  }

  /// Appends one bucket of another buffer.
  public void addFrom(RollupColumns other, int index) {
    ensure(size + 1);
    for (int i = 0; i < COLUMNS; i++) {
      columns[i][size] = other.columns[i][index];
    }
    size++;
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
    return columns[Column.END.ordinal()][index];
  }

  /// How many numbers there are; stale markers do not count.
  public long count(int index) {
    return columns[Column.COUNT.ordinal()][index];
  }

  /// The sum, compensated while it was made and rounded once.
  public double sum(int index) {
    return number(Column.SUM, index);
  }

  /// The smallest number; NaN only when all are.
  public double min(int index) {
    return number(Column.MIN, index);
  }

  /// The largest number; NaN only when all are.
  public double max(int index) {
    return number(Column.MAX, index);
  }

  public long firstTime(int index) {
    return columns[Column.FIRST_TIME.ordinal()][index];
  }

  public double first(int index) {
    return number(Column.FIRST, index);
  }

  public long lastTime(int index) {
    return columns[Column.LAST_TIME.ordinal()][index];
  }

  public double last(int index) {
    return number(Column.LAST, index);
  }

  /// The sum of the values from which a counter fell back inside the bucket.
  public double resets(int index) {
    return number(Column.RESETS, index);
  }

  /// How much a counter grew inside the bucket, a fall taken for a restart at zero.
  public double increase(int index) {
    return last(index) - first(index) + resets(index);
  }

  /// How much a counter grew from the last sample of the bucket before to the first of this one.
  public double increaseBetween(int index) {
    double before = last(index - 1);
    double now = first(index);
    return now < before ? now : now - before;
  }

  /// Whether the newest sample of the bucket is a stale marker.
  public boolean staleAtEnd(int index) {
    return columns[Column.STALE.ordinal()][index] != 0;
  }

  private double number(Column column, int index) {
    return Double.longBitsToDouble(columns[column.ordinal()][index]);
  }
}
