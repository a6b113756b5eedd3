package io.evenkeel.hub.scrape;

import io.evenkeel.model.exposition.PageSeries;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a target's series become, by the bytes that name them on its pages, so that a known series
/// costs a look-up instead of relabelling; and which of them the last scrapes brought. Not
/// thread-safe.
final class SeriesCache {
  /// One series.
  static final class Entry {
    /// Its labels for the store; null when relabelling drops it.
    final byte @Nullable [] labels;

    private long seenIn = -1;
    private boolean ends;
    private boolean stored;

    private Entry(byte @Nullable [] labels) {
      this.labels = labels;
    }
  }

  /// A range of bytes; the one that is looked up with is used again and again.
  private static final class Name {
    private byte[] bytes;
    private int offset;
    private int length;
    private int hash;

    private Name(byte[] bytes, int offset, int length) {
      this.bytes = bytes;
      set(bytes, offset, length);
    }

    private void set(byte[] newBytes, int newOffset, int newLength) {
      bytes = newBytes;
      offset = newOffset;
      length = newLength;
      int h = 1;
      for (int i = offset; i < offset + length; i++) {
        h = 31 * h + bytes[i];
      }
      hash = h ^ h >>> 15;
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name that
          && hash == that.hash
          && Arrays.equals(
              bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
    }
  }

  private final Map<Name, Entry> entries = new HashMap<>();
  private final Name wanted = new Name(new byte[0], 0, 0);
  private long scrape;
  private int added;

  /// Begins a scrape.
  void begin() {
    scrape++;
    added = 0;
  }

  /// The entry of a series, or null when it is new.
  @Nullable Entry find(PageSeries series) {
    wanted.set(series.bytes(), series.offset(), series.length());
    return entries.get(wanted);
  }

  /// Adds a new series.
  ///
  /// @param labels for the store, or null when relabelling drops it
  Entry add(PageSeries series, byte @Nullable [] labels) {
    byte[] name =
        Arrays.copyOfRange(series.bytes(), series.offset(), series.offset() + series.length());
    Entry entry = new Entry(labels);
    entries.put(new Name(name, 0, name.length), entry);
    return entry;
  }

  /// Notes that this scrape brought a series.
  ///
  /// @param endsWhenGone whether a stale marker ends it: not for samples that say their own time
  void seen(Entry entry, boolean endsWhenGone) {
    if (entry.labels != null && entry.seenIn < scrape - 1) {
      added++;
    }
    entry.seenIn = scrape;
    entry.ends = endsWhenGone;
  }

  /// How many of this scrape's series the scrape before did not bring.
  int added() {
    return added;
  }

  /// Ends a scrape that went well: tells the labels of series that the scrape before brought and
  /// this one did not, and forgets them.
  void endScrape(Consumer<byte[]> gone) {
    for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
      Entry entry = all.next();
      if (entry.seenIn < scrape) {
        tell(entry, gone);
        all.remove();
      } else {
        entry.stored = true;
      }
    }
  }

  /// Ends everything that was stored, after a scrape that failed or for good.
  void endAll(Consumer<byte[]> gone) {
    entries.values().forEach(entry -> tell(entry, gone));
    entries.clear();
  }

  private static void tell(Entry entry, Consumer<byte[]> gone) {
    if (entry.stored && entry.ends && entry.labels != null) {
      gone.accept(entry.labels);
    }
  }
}
