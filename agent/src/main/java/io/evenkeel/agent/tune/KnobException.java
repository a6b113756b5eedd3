package io.evenkeel.agent.tune;

/// A knob that cannot be read or turned; the message says which and why, for a person to read.
public sealed class KnobException extends Exception
    permits KnobUntouchedException, KnobOverwrittenException, KnobBusyException {
  private static final long serialVersionUID = 1;

  KnobException(String message) {
    super(message);
  }

  KnobException(String message, Throwable cause) {
    super(message, cause);
  }
}
