package io.evenkeel.hub.command;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command of the full command line that this version does not have yet; calling it says so and
/// exits with 2.
@Command
final class LaterCommand implements Callable<Integer> {
  /// The commands that later versions bring, with what they will do.
  private static final List<Map.Entry<String, String>> ALL =
      List.of(Map.entry("anomaly", "Find anomalies in a CSV file."));

  @Spec private CommandSpec spec = CommandSpec.create();

  /// Adds all of them to the command line.
  static void addTo(CommandLine evenkeel) {
    ALL.forEach(command -> {
      CommandLine later = new CommandLine(new LaterCommand()).setUnmatchedArgumentsAllowed(true);
      later
          .getCommandSpec()
          .usageMessage()
          .description(command.getValue() + " (Not in this version yet.)");
      evenkeel.addSubcommand(command.getKey(), later);
    });
  }

  @Override
  public Integer call() {
    spec.commandLine()
        .getErr()
        .println(
            "evenkeel: '"
                + spec.name()
                + "' is not part of this version yet; 'evenkeel --help' lists what is.");
    return CommandLine.ExitCode.USAGE;
  }
}
