package io.evenkeel.promql;

import java.util.concurrent.atomic.AtomicLong;

/// What the queries of one engine hold together in intermediate results, so that many of them at
/// once stay within the heap as one does. Safe for use by many threads.
public final class QueryMemory {
  private final long limitBytes;
  private final AtomicLong heldBytes = new AtomicLong();

  /// @param limitBytes about how much all queries may hold at the same time
  public QueryMemory(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /// Takes memory for one of them.
  ///
  /// @throws QueryException.Busy when the others leave too little; nothing is taken then
  public void take(long bytes) {
    if (heldBytes.addAndGet(bytes) > limitBytes) {
      heldBytes.addAndGet(-bytes);
      throw new QueryException.Busy(
          "the queries under way need all of the "
              + limitBytes / (1 << 20)
              + " MiB that queries may use together; ask again in a moment or for less");
    }
  }

  /// Gives memory back.
  public void give(long bytes) {
    heldBytes.addAndGet(-bytes);
  }

  /// What is held now, bytes.
  public long heldBytes() {
    return heldBytes.get();
  }
}
