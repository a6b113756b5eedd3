package io.evenkeel.tsdb.storage;

/// Data that cannot be read or written; the message says what, where and what to do next.
public class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StorageException(String message) {
    super(message);
  }

  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
