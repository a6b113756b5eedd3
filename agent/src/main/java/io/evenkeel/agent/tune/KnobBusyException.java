package io.evenkeel.agent.tune;

/// A limit that the kernel does not lower now, because more than that is in use: it is as it was,
/// and may be lowered later.
final class KnobBusyException extends KnobException {
  private static final long serialVersionUID = 1;

  KnobBusyException(String message, Throwable cause) {
    super(message, cause);
  }

  KnobBusyException(String message) {
    super(message);
  }
}
