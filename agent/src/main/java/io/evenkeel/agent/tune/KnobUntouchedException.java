package io.evenkeel.agent.tune;

/// A knob that was not turned, or is back as it was already: nothing is left to put back.
final class KnobUntouchedException extends KnobException {
  private static final long serialVersionUID = 1;

  KnobUntouchedException(String message) {
    super(message);
  }
}
