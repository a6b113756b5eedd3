package io.evenkeel.tsdb.engine.bytes;

import io.evenkeel.tsdb.storage.StorageException;

/// Stored bytes that are not what was written.
public final class DamagedBytesException extends StorageException {
  private static final long serialVersionUID = 1L;

  public DamagedBytesException(String message) {
    super(message);
  }
}
