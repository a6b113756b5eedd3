package io.evenkeel.hub.clean;

/// The last sample of some of a host's series, by a 64-bit key, in an open-addressed table of
/// columns. Not thread-safe.
///
/// A key of 0 marks an empty slot. Series that were not seen for an hour make room for others;
/// beyond [#MAX_SERIES] new ones are not remembered, and so not judged.
final class SeriesMemory {
  static final int MAX_SERIES = 1 << 14;
  private static final long FORGET_AFTER_MILLIS = 3_600_000;

  private long[] keys = new long[64];
  private long[] times = new long[64];
  private double[] values = new double[64];
  private byte[] traits = new byte[64];
  private int size;
  private long newest;

  /// The slot of a key, or -1 when it is not known.
  int find(long key) {
    int mask = keys.length - 1;
    int slot = (int) key & mask;
    while (keys[slot] != 0) {
      if (keys[slot] == key) {
        return slot;
      }
      slot = slot + 1 & mask;
    }
    return -1;
  }

  /// Remembers a key that is not known yet; answers its slot, or -1 when there is no room.
  int insert(long key, byte trait, long timeMillis, double value) {
    if (2 * (size + 1) > keys.length && !grow()) {
      return -1;
    }
    int slot = place(key);
    traits[slot] = trait;
    update(slot, timeMillis, value);
    return slot;
  }

  void update(int slot, long timeMillis, double value) {
    times[slot] = timeMillis;
    values[slot] = value;
    newest = Math.max(newest, timeMillis);
  }

  long time(int slot) {
    return times[slot];
  }

  double value(int slot) {
    return values[slot];
  }

  byte trait(int slot) {
    return traits[slot];
  }

  private int place(long key) {
    int mask = keys.length - 1;
    int slot = (int) key & mask;
    while (keys[slot] != 0) {
      slot = slot + 1 & mask;
    }
    keys[slot] = key;
    size++;
    return slot;
  }

  private boolean grow() {
    int live = 0;
    for (int i = 0; i < keys.length; i++) {
      if (isLive(i)) {
        live++;
      }
    }
    if (live >= MAX_SERIES) {
      return false;
    }
    long[] oldKeys = keys;
    long[] oldTimes = times;
    double[] oldValues = values;
    byte[] oldTraits = traits;
    int capacity = Math.max(64, Integer.highestOneBit(live + 1) * 4);
    boolean[] keep = new boolean[oldKeys.length];
    for (int i = 0; i < keep.length; i++) {
      keep[i] = isLive(i);
    }
    keys = new long[capacity];
    times = new long[capacity];
    values = new double[capacity];
    traits = new byte[capacity];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (keep[i]) {
        int slot = place(oldKeys[i]);
        times[slot] = oldTimes[i];
        values[slot] = oldValues[i];
        traits[slot] = oldTraits[i];
      }
    }
    return true;
  }

  private boolean isLive(int slot) {
    return keys[slot] != 0 && times[slot] > newest - FORGET_AFTER_MILLIS;
  }
}
