package io.evenkeel.tsdb.storage;

/// What one query may take of the memory; everything that reads for the query draws on it.
///
/// Whoever asks a store may give its own, to count its buffers in the same account. Not
/// thread-safe, unless an implementation says otherwise.
@FunctionalInterface
public interface MemoryBudget {
  /// Takes some bytes, before they are allocated.
  ///
  /// @throws BudgetExceededException when there are not that many left
  void reserve(long bytes);

  /// A budget of some bytes, safe for use by many threads.
  static MemoryBudget ofBytes(long most) {
    return new MemoryBudget() {
      private long taken;

      @Override
      public synchronized void reserve(long bytes) {
        taken += bytes;
        if (taken > most) {
          throw new BudgetExceededException(most);
        }
      }
    };
  }
}
