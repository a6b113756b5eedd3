package io.evenkeel.model.command;

import java.time.Duration;
import java.util.List;

/// Something a hub asks of an agent. Closed and bounded: what is not one of these records within
/// its bounds cannot be said, so that a hub in wrong hands can ask for nothing else.
///
/// It travels as a word and its arguments, which are numbers or words of a fixed list.
public sealed interface Command {
  /// Get a new key and certificate now.
  record RenewCertificate() implements Command {
    static final String KIND = "renew-certificate";
  }

  /// Collect more often for a while, because somebody watches; then the usual period comes back by
  /// itself.
  ///
  /// @param period 1 s to 60 s, whole seconds
  /// @param lease how long, 1 s to 10 minutes, whole seconds
  record CollectEvery(Duration period, Duration lease) implements Command {
    static final String KIND = "collect-every";

    public CollectEvery {
      within("period", period, Duration.ofSeconds(60));
      within("lease", lease, Duration.ofMinutes(10));
    }
  }

  /// The word that names it.
  default String kind() {
    return switch (this) {
      case RenewCertificate renew -> RenewCertificate.KIND;
      case CollectEvery collect -> CollectEvery.KIND;
    };
  }

  /// Its arguments in their order.
  default List<String> arguments() {
    return switch (this) {
      case RenewCertificate renew -> List.of();
      case CollectEvery collect ->
          List.of(
              Long.toString(collect.period.toSeconds()), Long.toString(collect.lease.toSeconds()));
    };
  }

  /// The command with a name and arguments.
  ///
  /// @throws IllegalArgumentException when there is none such, or an argument is out of its bounds
  static Command of(String kind, List<String> arguments) {
    return switch (kind) {
      case RenewCertificate.KIND -> {
        count(kind, arguments, 0);
        yield new RenewCertificate();
      }
      case CollectEvery.KIND -> {
        count(kind, arguments, 2);
        yield new CollectEvery(seconds(arguments.get(0)), seconds(arguments.get(1)));
      }
      default -> throw new IllegalArgumentException("there is no command '" + kind + "'");
    };
  }

  private static void count(String kind, List<String> arguments, int expected) {
    if (arguments.size() != expected) {
      throw new IllegalArgumentException(
          kind + " takes " + expected + " arguments, not " + arguments.size());
    }
  }

  private static Duration seconds(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("'" + text + "' is not a number of seconds");
    }
    return Duration.ofSeconds(Long.parseLong(text));
  }

  private static void within(String name, Duration value, Duration most) {
    if (value.compareTo(Duration.ofSeconds(1)) < 0
        || value.compareTo(most) > 0
        || value.getNano() != 0) {
      throw new IllegalArgumentException(
          name + " is a whole number of seconds from 1 to " + most.toSeconds());
    }
  }
}
