package io.evenkeel.tsdb.engine.head;

import io.evenkeel.model.LabelHash;
import java.util.Arrays;

/// Finds a series by the bytes of its labels, without decoding them and without an object per
/// series.
///
/// An open-addressed table of hash and entry; an entry is an address in slabs, a length and a
/// series. Each series has the entry of its canonical encoding; other encodings of the same labels
/// are further entries of it, up to a bound, since a sender can think of many. Not thread-safe.
final class SeriesNames {
  /// No such series.
  static final int UNKNOWN = -1;

  private static final int NO_ENTRY = -1;

  private final ByteSlabs slabs = new ByteSlabs();
  private long[] table = new long[1024];
  private int tableUsed;

  private int[] entryAddress = new int[256];
  private int[] entryLength = new int[256];
  private int[] entryHash = new int[256];
  private int[] entrySeries = new int[256];
  private int[] entryNext = new int[256];
  private int entries;
  private int freeEntry = NO_ENTRY;
  private int aliases;

  /// The first entry of each series, its canonical one.
  private int[] seriesEntry = new int[256];

  /// The entry that was found after each series.
  private int[] follower = new int[256];

  /// The series that some bytes name, or [#UNKNOWN]. A sender sends its series in one order again
  /// and again, so the one that came after the series before is looked at first.
  ///
  /// @param hash64 the bytes' [LabelHash]
  /// @param before the series before, or [#UNKNOWN]
  int find(byte[] bytes, int offset, int length, long hash64, int before) {
    if (before == UNKNOWN) {
      return find(bytes, offset, length, hash64);
    }
    int entry = follower[before];
    if (entry != NO_ENTRY && isEntry(entry, bytes, offset, length)) {
      return entrySeries[entry];
    }
    entry = findEntry(bytes, offset, length, hash64);
    if (entry == NO_ENTRY) {
      return UNKNOWN;
    }
    follower[before] = entry;
    return entrySeries[entry];
  }

  /// The series that some bytes name, or [#UNKNOWN].
  int find(byte[] bytes, int offset, int length, long hash64) {
    int entry = findEntry(bytes, offset, length, hash64);
    return entry == NO_ENTRY ? UNKNOWN : entrySeries[entry];
  }

  private boolean isEntry(int entry, byte[] bytes, int offset, int length) {
    if (entryLength[entry] != length || entrySeries[entry] == UNKNOWN) {
      return false;
    }
    byte[] page = slabs.page(entryAddress[entry]);
    int from = slabs.offset(entryAddress[entry]);
    return Arrays.equals(page, from, from + length, bytes, offset, offset + length);
  }

  private int findEntry(byte[] bytes, int offset, int length, long hash64) {
    int hash = fold(hash64);
    int mask = table.length - 1;
    for (int at = hash & mask; table[at] != 0; at = (at + 1) & mask) {
      if ((int) (table[at] >>> 32) == hash) {
        int entry = (int) table[at] - 1;
        if (isEntry(entry, bytes, offset, length)) {
          return entry;
        }
      }
    }
    return NO_ENTRY;
  }

  private static int fold(long hash) {
    return (int) (hash ^ hash >>> 32);
  }

  /// Names a new series by its canonical bytes.
  void add(int series, byte[] bytes, int offset, int length) {
    if (series >= seriesEntry.length) {
      seriesEntry = Arrays.copyOf(seriesEntry, Math.max(series + 1, 2 * seriesEntry.length));
      follower = Arrays.copyOf(follower, seriesEntry.length);
    }
    follower[series] = NO_ENTRY;
    seriesEntry[series] = addEntry(series, bytes, offset, length, NO_ENTRY);
  }

  /// Remembers another encoding of a series' labels, if there is room for it.
  void addAlias(int series, byte[] bytes, int offset, int length) {
    if (aliases < seriesEntry.length) {
      aliases++;
      int first = seriesEntry[series];
      entryNext[first] = addEntry(series, bytes, offset, length, entryNext[first]);
    }
  }

  private int addEntry(int series, byte[] bytes, int offset, int length, int next) {
    int entry = freeEntry;
    if (entry == NO_ENTRY) {
      entry = entries++;
      if (entry == entryAddress.length) {
        int capacity = 2 * entry;
        entryAddress = Arrays.copyOf(entryAddress, capacity);
        entryLength = Arrays.copyOf(entryLength, capacity);
        entryHash = Arrays.copyOf(entryHash, capacity);
        entrySeries = Arrays.copyOf(entrySeries, capacity);
        entryNext = Arrays.copyOf(entryNext, capacity);
      }
    } else {
      freeEntry = entryNext[entry];
    }
    int address = slabs.allocate(ByteSlabs.sizeClass(length));
    System.arraycopy(bytes, offset, slabs.page(address), slabs.offset(address), length);
    entryAddress[entry] = address;
    entryLength[entry] = length;
    entryHash[entry] = fold(LabelHash.of(bytes, offset, length));
    entrySeries[entry] = series;
    entryNext[entry] = next;
    if (2 * (tableUsed + 1) > table.length) {
      rebuild(2 * table.length);
    } else {
      insert(entry);
    }
    return entry;
  }

  private void insert(int entry) {
    int mask = table.length - 1;
    int at = entryHash[entry] & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = (long) entryHash[entry] << 32 | (entry + 1);
    tableUsed++;
  }

  /// Forgets series with all their encodings.
  void removeAll(int[] series) {
    for (int one : series) {
      int first = seriesEntry[one];
      for (int entry = first; entry != NO_ENTRY; ) {
        int next = entryNext[entry];
        slabs.release(entryAddress[entry], ByteSlabs.sizeClass(entryLength[entry]));
        aliases -= entry == first ? 0 : 1;
        entrySeries[entry] = UNKNOWN;
        entryNext[entry] = freeEntry;
        freeEntry = entry;
        entry = next;
      }
    }
    rebuild(table.length);
  }

  private void rebuild(int capacity) {
    table = new long[capacity];
    tableUsed = 0;
    // A new entry that caused the growth is among them.
    for (int entry = 0; entry < entries; entry++) {
      if (entrySeries[entry] != UNKNOWN) {
        insert(entry);
      }
    }
  }

  /// The array in which a series' canonical bytes lie; see [#offset] and [#length].
  byte[] bytes(int series) {
    return slabs.page(entryAddress[seriesEntry[series]]);
  }

  int offset(int series) {
    return slabs.offset(entryAddress[seriesEntry[series]]);
  }

  int length(int series) {
    return entryLength[seriesEntry[series]];
  }
}
