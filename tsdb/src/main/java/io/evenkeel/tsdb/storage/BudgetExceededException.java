package io.evenkeel.tsdb.storage;

/// A query that would take more memory than one query may.
public final class BudgetExceededException extends StorageException {
  private static final long serialVersionUID = 1L;

  BudgetExceededException(long most) {
    super(
        "the query needs more than the "
            + (most >> 20)
            + " MiB of memory that one query may take; ask for fewer series or a shorter time");
  }
}
