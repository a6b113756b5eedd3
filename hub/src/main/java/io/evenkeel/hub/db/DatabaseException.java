package io.evenkeel.hub.db;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The settings database cannot do what was asked; the message says what to do.
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DatabaseException(String message) {
    super(message);
  }

  public DatabaseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static DatabaseException opening(Path file, Exception cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = String.valueOf(root.getMessage()).replaceAll("\\s+", " ");
    if (reason.contains("SQLITE_FULL") || reason.contains("No space left")) {
      return new DatabaseException(
          "no space left for " + file + ": free some, or choose another folder with --data", cause);
    }
    if (reason.contains("SQLITE_NOTADB") || reason.contains("SQLITE_CORRUPT")) {
      return new DatabaseException(
          file
              + " is damaged ("
              + reason
              + "): put back a backup of it, or move it away to start with empty settings",
          cause);
    }
    if (reason.contains("SQLITE_BUSY")) {
      return new DatabaseException(
          file + " is locked by another program: close it and try again", cause);
    }
    return new DatabaseException("cannot open " + file + ": " + reason, cause);
  }
}
