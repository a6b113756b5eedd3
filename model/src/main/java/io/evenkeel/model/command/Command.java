package io.evenkeel.model.command;

import java.time.Duration;
import java.util.List;

/// Something a hub asks of an agent. Closed and bounded: what is not one of these records within
/// its bounds cannot be said, so that a hub in wrong hands can ask for nothing else.
///
/// It travels as a word and its arguments, which are numbers or words of a fixed list.
public sealed interface Command
    permits Command.RenewCertificate, Command.CollectEvery, Command.Profile, TuningCommand {
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
      Arguments.within("period", period, Duration.ofSeconds(60));
      Arguments.within("lease", lease, Duration.ofMinutes(10));
    }
  }

  /// Look at what a process does, for a while; what was found is delivered when it ends.
  ///
  /// @param pid the process, 1 to 4194304 (the most that Linux gives)
  /// @param what what the profile tells
  /// @param length how long, 10 s to 60 s, whole seconds
  record Profile(int pid, ProfileKind what, Duration length) implements Command {
    static final String KIND = "profile";

    /// The shortest and the longest run.
    public static final Duration SHORTEST = Duration.ofSeconds(10);

    public static final Duration LONGEST = Duration.ofSeconds(60);

    private static final int HIGHEST_PID = 1 << 22;

    public Profile {
      if (pid < 1 || pid > HIGHEST_PID) {
        throw new IllegalArgumentException("a process has a number from 1 to " + HIGHEST_PID);
      }
      Arguments.within("length", length, LONGEST);
      if (length.compareTo(SHORTEST) < 0) {
        throw new IllegalArgumentException("a profile takes 10 to 60 seconds");
      }
    }
  }

  /// The word that names it.
  default String kind() {
    return switch (this) {
      case RenewCertificate renew -> RenewCertificate.KIND;
      case CollectEvery collect -> CollectEvery.KIND;
      case Profile profile -> Profile.KIND;
      case TuningCommand tuning -> tuning.kind();
    };
  }

  /// Its arguments in their order.
  default List<String> arguments() {
    return switch (this) {
      case RenewCertificate renew -> List.of();
      case CollectEvery collect ->
          List.of(
              Long.toString(collect.period.toSeconds()), Long.toString(collect.lease.toSeconds()));
      case Profile profile ->
          List.of(
              Integer.toString(profile.pid),
              profile.what.word(),
              Long.toString(profile.length.toSeconds()));
      case TuningCommand tuning -> tuning.arguments();
    };
  }

  /// The command with a name and arguments.
  ///
  /// @throws IllegalArgumentException when there is none such, or an argument is out of its bounds
  static Command of(String kind, List<String> arguments) {
    if (kind.startsWith(TuningCommand.PREFIX)) {
      return TuningCommand.of(kind, arguments);
    }
    return switch (kind) {
      case RenewCertificate.KIND -> {
        Arguments.count(kind, arguments, 0);
        yield new RenewCertificate();
      }
      case CollectEvery.KIND -> {
        Arguments.count(kind, arguments, 2);
        yield new CollectEvery(
            Arguments.seconds(arguments.get(0)), Arguments.seconds(arguments.get(1)));
      }
      case Profile.KIND -> {
        Arguments.count(kind, arguments, 3);
        yield new Profile(
            pid(arguments.get(0)),
            ProfileKind.of(arguments.get(1)),
            Arguments.seconds(arguments.get(2)));
      }
      default -> throw new IllegalArgumentException("there is no command '" + kind + "'");
    };
  }

  private static int pid(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("'" + text + "' is not the number of a process");
    }
    return Integer.parseInt(text);
  }
}
