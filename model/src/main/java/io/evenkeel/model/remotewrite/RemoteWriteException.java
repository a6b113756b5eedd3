package io.evenkeel.model.remotewrite;

/// A remote write request that cannot be read as a whole; the message is for the sender.
public final class RemoteWriteException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What is wrong with the request.
  public enum Reason {
    /// The bytes are not what they claim to be: sending them again will not help.
    MALFORMED,
    /// The request is beyond a limit: it has to be sent in smaller parts.
    TOO_LARGE
  }

  private final Reason reason;

  public RemoteWriteException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  static RemoteWriteException malformed(String message) {
    return new RemoteWriteException(Reason.MALFORMED, message);
  }

  static RemoteWriteException tooLarge(String message) {
    return new RemoteWriteException(Reason.TOO_LARGE, message);
  }
}
