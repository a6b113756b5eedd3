package io.evenkeel.hub.db;

/// Settings that cannot be read or written; the message says what, where and what to do next.
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
