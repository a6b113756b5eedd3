package io.evenkeel.hub.command;

/// A command that cannot do what was asked; the message is one line that says what to do.
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }
}
