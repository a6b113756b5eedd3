package io.evenkeel.hub.clean;

import java.util.Arrays;

/// The last sample of some of a host's series, by a 64-bit key: rows in the order in which the
/// series came first, which is mostly that in which they come, and an open-addressed index. Not
/// thread-safe.
///
/// Series that were not seen for an hour make room for others; beyond [#MAX_SERIES] new ones are
/// not remembered, and so not judged.
final class SeriesMemory {
  static final int MAX_SERIES = 1 << 14;
  private static final long FORGET_AFTER_MILLIS = 3_600_000;
  private static final long LOOK_AGAIN_AFTER_MILLIS = 60_000;
  private static final int FEWEST = 64;

  private long[] keys = new long[FEWEST];
  private long[] times = new long[FEWEST];
  private double[] values = new double[FEWEST];
  private byte[] traits = new byte[FEWEST];

  /// Rows plus one by their key's low bits; 0 is free.
  private int[] index = new int[2 * FEWEST];

  private int size;
  private long newest;

  /// No room was found: until then nobody looks again.
  private long crowdedUntil = Long.MIN_VALUE;

  /// The row of a key, or -1 when it is not known.
  ///
  /// @param guess where it was last, or -1
  int find(long key, int guess) {
    if (guess >= 0 && guess < size && keys[guess] == key) {
      return guess;
    }
    int mask = index.length - 1;
    int slot = (int) key & mask;
    while (index[slot] != 0) {
      int row = index[slot] - 1;
      if (keys[row] == key) {
        return row;
      }
      slot = slot + 1 & mask;
    }
    return -1;
  }

  /// Remembers a key that is not known yet; answers its row, or -1 when there is no room.
  int insert(long key, byte trait, long timeMillis, double value) {
    if (size == keys.length && !grow()) {
      return -1;
    }
    int row = size++;
    keys[row] = key;
    traits[row] = trait;
    enter(row);
    update(row, timeMillis, value);
    return row;
  }

  void update(int row, long timeMillis, double value) {
    times[row] = timeMillis;
    values[row] = value;
    newest = Math.max(newest, timeMillis);
  }

  long time(int row) {
    return times[row];
  }

  double value(int row) {
    return values[row];
  }

  byte trait(int row) {
    return traits[row];
  }

  private void enter(int row) {
    int mask = index.length - 1;
    int slot = (int) keys[row] & mask;
    while (index[slot] != 0) {
      slot = slot + 1 & mask;
    }
    index[slot] = row + 1;
  }

  /// Makes room: forgets what was not seen lately, and takes more when that is not half.
  private boolean grow() {
    if (newest < crowdedUntil) {
      return false;
    }
    int live = 0;
    for (int row = 0; row < size; row++) {
      if (times[row] > newest - FORGET_AFTER_MILLIS) {
        keys[live] = keys[row];
        times[live] = times[row];
        values[live] = values[row];
        traits[live++] = traits[row];
      }
    }
    size = live;
    int capacity = live > keys.length / 2 ? Math.min(2 * keys.length, MAX_SERIES) : keys.length;
    keys = Arrays.copyOf(keys, capacity);
    times = Arrays.copyOf(times, capacity);
    values = Arrays.copyOf(values, capacity);
    traits = Arrays.copyOf(traits, capacity);
    index = new int[2 * capacity];
    for (int row = 0; row < size; row++) {
      enter(row);
    }
    if (size == capacity) {
      crowdedUntil = newest + LOOK_AGAIN_AFTER_MILLIS;
    }
    return size < capacity;
  }
}
