package io.evenkeel.hub.command;

import io.evenkeel.hub.security.Outcome;

/// A command that cannot do what was asked; the message is one line that says what to do.
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }

  /// The result of something asked for.
  ///
  /// @throws CommandFailure when it was refused
  static <T> T resultOf(Outcome<T> outcome) throws CommandFailure {
    return switch (outcome) {
      case Outcome.Done<T>(T result) -> result;
      case Outcome.Refused<T> refused -> throw new CommandFailure(refused.message().en());
    };
  }
}
