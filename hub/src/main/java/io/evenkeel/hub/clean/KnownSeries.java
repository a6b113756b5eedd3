package io.evenkeel.hub.clean;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What was found out about series lately, by the hash of their labels, so that a series that comes
/// each second is not looked into each second. Safe for use by many threads.
///
/// A table of fixed size, two places for a series; a newcomer takes the place of whoever was there.
/// Two series of one hash (a sender could make some) would be checked as one; nothing but a doubt
/// depends on it.
final class KnownSeries {
  private static final int BITS = 17;

  /// @param hash of the labels
  /// @param host whose series it is, if it is a host's
  /// @param instance the value of its label `instance`, empty without one
  record Known(long hash, SeriesKind kind, @Nullable HostCheck host, String instance) {}

  private final AtomicReferenceArray<@Nullable Known> table = new AtomicReferenceArray<>(1 << BITS);

  @Nullable Known find(long hash) {
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
    table.setRelease(table.getPlain(slot) == null ? slot : slot ^ 1, known);
  }

  private static int slot(long hash) {
    return (int) (hash >>> (64 - BITS));
  }
}
