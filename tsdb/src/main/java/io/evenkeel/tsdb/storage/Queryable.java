package io.evenkeel.tsdb.storage;

/// Something that samples can be read from.
public interface Queryable {
  /// What a reader without a budget of its own may take.
  long USUAL_BUDGET_BYTES = 64L << 20;

  /// Opens a view of a closed time interval, epoch milliseconds, whose memory is counted by a
  /// budget.
  StoreReader reader(long fromMillis, long toMillis, MemoryBudget budget);

  /// Opens a view of a closed time interval, epoch milliseconds.
  default StoreReader reader(long fromMillis, long toMillis) {
    return reader(fromMillis, toMillis, MemoryBudget.ofBytes(USUAL_BUDGET_BYTES));
  }
}
