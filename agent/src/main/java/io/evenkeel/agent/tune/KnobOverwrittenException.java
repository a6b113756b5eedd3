package io.evenkeel.agent.tune;

/// A knob that somebody else made into something else since it was turned: it stays so.
final class KnobOverwrittenException extends KnobException {
  private static final long serialVersionUID = 1;

  KnobOverwrittenException(String message) {
    super(message);
  }

  KnobOverwrittenException(String message, Throwable cause) {
    super(message, cause);
  }
}
