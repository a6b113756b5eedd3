package io.evenkeel.promql.cache;

import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.StoreReader;

/// A store that remembers between which times it was read. For the threads of one query.
final class ReadTimes implements Queryable {
  private final Queryable store;
  private long from = Long.MAX_VALUE;
  private long to = Long.MIN_VALUE;

  ReadTimes(Queryable store) {
    this.store = store;
  }

  @Override
  public synchronized StoreReader reader(long fromMillis, long toMillis, MemoryBudget budget) {
    from = Math.min(from, fromMillis);
    to = Math.max(to, toMillis);
    return store.reader(fromMillis, toMillis, budget);
  }

  /// The earliest time that was read, epoch milliseconds.
  synchronized long from() {
    return from;
  }

  /// The latest time that was read, epoch milliseconds.
  synchronized long to() {
    return to;
  }
}
