package io.evenkeel.tsdb.storage;

/// A write refused because the store takes none for now, for instance because its disk is full.
/// Everything can still be read; writing resumes by itself.
public final class ReadOnlyStoreException extends StorageException {
  private static final long serialVersionUID = 1L;

  public ReadOnlyStoreException(String message) {
    super(message);
  }
}
