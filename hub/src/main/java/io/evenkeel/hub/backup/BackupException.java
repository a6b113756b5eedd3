package io.evenkeel.hub.backup;

/// A backup that cannot be made or brought back; the message says what to do.
public final class BackupException extends Exception {
  private static final long serialVersionUID = 1L;

  BackupException(String message) {
    super(message);
  }
}
