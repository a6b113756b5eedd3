package io.evenkeel.model.wire;

/// A delivery of samples that cannot be read as a whole; the message is for its sender.
public final class WireException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What is wrong with the delivery.
  public enum Reason {
    /// The bytes are not what they claim to be: sending them again will not help.
    MALFORMED,
    /// The delivery is beyond a limit: it has to be sent in smaller parts.
    TOO_LARGE
  }

  private final Reason reason;

  public WireException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  public static WireException malformed(String message) {
    return new WireException(Reason.MALFORMED, message);
  }

  public static WireException tooLarge(String message) {
    return new WireException(Reason.TOO_LARGE, message);
  }
}
