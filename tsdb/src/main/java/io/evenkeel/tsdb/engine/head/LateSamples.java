package io.evenkeel.tsdb.engine.head;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.tsdb.engine.chunk.ColumnCopy;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Samples of one series that came after newer ones, sorted, until they fill a chunk.
///
/// It also remembers a span of time in which the series is known to have nothing but these samples,
/// since a sender that catches up after an outage fills such a gap from its begin to its end. Not
/// thread-safe.
final class LateSamples {
  private SampleColumns columns = new SampleColumns(16);
  private long gapFrom = Long.MAX_VALUE;
  private long gapTo = Long.MIN_VALUE;

  int size() {
    return columns.size();
  }

  /// The samples; they must not be changed.
  SampleColumns columns() {
    return columns;
  }

  SampleColumns copy() {
    SampleColumns copied = new SampleColumns(columns.size());
    ColumnCopy.range(columns, 0, columns.size(), copied);
    return copied;
  }

  /// The index of a time, or -1.
  int indexOf(long time) {
    return Math.max(-1, Arrays.binarySearch(columns.times(), 0, columns.size(), time));
  }

  void insert(long time, long bits, @Nullable NativeHistogram histogram, long start) {
    int at = ~Arrays.binarySearch(columns.times(), 0, columns.size(), time);
    if (at == columns.size()) {
      put(columns, time, bits, histogram, start);
      return;
    }
    SampleColumns grown = new SampleColumns(columns.size() + 16);
    ColumnCopy.range(columns, 0, at, grown);
    put(grown, time, bits, histogram, start);
    ColumnCopy.range(columns, at, columns.size(), grown);
    columns = grown;
  }

  private static void put(
      SampleColumns into, long time, long bits, @Nullable NativeHistogram histogram, long start) {
    if (histogram == null) {
      into.add(time, bits, start);
    } else {
      into.add(time, histogram, start);
    }
  }

  /// Forgets the samples, which are in chunks now.
  void clear() {
    long last = columns.times()[columns.size() - 1];
    gapFrom = Math.max(gapFrom, last + 1);
    columns = new SampleColumns(16);
  }

  void noteGap(long from, long to) {
    gapFrom = from;
    gapTo = to;
  }

  boolean inGap(long time) {
    return time >= gapFrom && time <= gapTo;
  }
}
