package io.evenkeel.agent.tune.service;

/// A configuration file that cannot be read, is not safe to touch or does not hold what it should;
/// the message says which and why, for a person to read.
public final class ServiceFileException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean isOthersDoing;

  private ServiceFileException(String message) {
    super(message);
    this.isOthersDoing = true;
  }

  private ServiceFileException(String message, Throwable cause) {
    super(message, cause);
    this.isOthersDoing = false;
  }

  /// The file is not as it was when it was tuned, because somebody made it so.
  static ServiceFileException changed(String message) {
    return new ServiceFileException(message);
  }

  /// The machine does not let it be read or written now.
  static ServiceFileException failed(String message, Throwable cause) {
    return new ServiceFileException(message, cause);
  }

  /// Whether somebody made the file so, and trying again changes nothing.
  public boolean isOthersDoing() {
    return isOthersDoing;
  }
}
