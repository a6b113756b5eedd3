package io.evenkeel.gateway.pool;

/// A request that waits for a place at a backend.
public interface Waiter {
  /// The key for affinity.
  long key();

  /// When it gives up, on the clock of `nowNanos`.
  long deadlineNanos();

  /// A place was taken for it. Called by whichever thread freed the place.
  ///
  /// @return whether it still wants it; when not, the place is freed again
  boolean granted(Backend backend);

  /// Its time is over.
  void expired();
}
