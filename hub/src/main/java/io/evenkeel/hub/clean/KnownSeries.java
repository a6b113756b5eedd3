package io.evenkeel.hub.clean;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What was found out about series lately, by the hash of their labels, so that a series that comes
/// each second is not looked into each second. Safe for use by many threads.
///
/// A table of fixed size, two places for a series; a newcomer takes the place of whoever was there.
/// Senders keep the order of their series, so each knows who came after it: following that costs
/// one look at what lies close by in memory, the table two somewhere. Two series of one hash (a
/// sender could make some) would be checked as one; nothing but a doubt depends on it.
final class KnownSeries {
  private static final int BITS = 17;

  /// A series. What may change is a guess, so that no thread minds another's.
  static final class Known {
    private final long hash;
    private final SeriesKind kind;
    private final @Nullable HostCheck host;
    private final String instance;
    private @Nullable Known next;
    private int row = -1;

    /// @param hash of the labels
    /// @param host whose series it is, if it is a host's
    /// @param instance the value of its label `instance`, empty without one
    Known(long hash, SeriesKind kind, @Nullable HostCheck host, String instance) {
      this.hash = hash;
      this.kind = kind;
      this.host = host;
      this.instance = instance;
    }

    SeriesKind kind() {
      return kind;
    }

    @Nullable HostCheck host() {
      return host;
    }

    String instance() {
      return instance;
    }

    /// Where its host's [SeriesMemory] kept it last, or -1. Under the host's lock.
    int row() {
      return row;
    }

    void row(int now) {
      row = now;
    }
  }

  private final AtomicReferenceArray<@Nullable Known> table = new AtomicReferenceArray<>(1 << BITS);

  /// Finds a series.
  ///
  /// @param before the one that came before it, or null
  @Nullable Known find(@Nullable Known before, long hash) {
    if (before == null) {
      return find(hash);
    }
    Known guess = before.next;
    if (guess != null && guess.hash == hash) {
      return guess;
    }
    Known found = find(hash);
    before.next = found;
    return found;
  }

  private @Nullable Known find(long hash) {
    int slot = slot(hash);
    Known first = table.getPlain(slot);
    if (first != null && first.hash == hash) {
      return first;
    }
    Known second = table.getPlain(slot ^ 1);
    return second != null && second.hash == hash ? second : null;
  }

  void put(Known known) {
    int slot = slot(known.hash);
    int place = table.getPlain(slot) == null ? slot : slot ^ 1;
    Known left = table.getPlain(place);
    if (left != null) {
      // Else those that went before would keep each other for good.
      left.next = null;
    }
    table.setRelease(place, known);
  }

  private static int slot(long hash) {
    return (int) (hash >>> (64 - BITS));
  }
}
