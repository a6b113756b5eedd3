package io.evenkeel.hub.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// A command of the full command line that this version does not have yet; calling it says so and
/// exits with 2.
///
/// @param name what is typed
/// @param description what it will do, for `--help`
record LaterCommand(String name, String description) {
  /// The commands that later versions bring.
  static final List<LaterCommand> ALL =
      List.of(
          new LaterCommand("gateway", "Run a load balancer on its own."),
          new LaterCommand("diagnose", "Observe this machine for 60 s, then name its bottleneck."),
          new LaterCommand("query", "Ask a hub or Prometheus a PromQL expression."),
          new LaterCommand("check-rules", "Check alert and recording rules."),
          new LaterCommand("test-rules", "Run unit tests of rules."),
          new LaterCommand("promql-test", "Run PromQL test scripts."),
          new LaterCommand("anomaly", "Find anomalies in a CSV file."),
          new LaterCommand("doctor", "Check this installation."),
          new LaterCommand("simulate", "Simulate servers, for trying out and for load."),
          new LaterCommand("backup", "Back up a hub's data."),
          new LaterCommand("restore", "Restore a backup."));

  CommandLine toCommandLine() {
    Callable<Integer> notYet =
        () -> {
          System.err.println(
              "evenkeel: '"
                  + name
                  + "' is not part of this version yet; 'evenkeel --help' lists what is.");
          return CommandLine.ExitCode.USAGE;
        };
    CommandSpec spec = CommandSpec.wrapWithoutInspection(notYet).name(name);
    spec.usageMessage().description(description + " (Not in this version yet.)");
    spec.parser().unmatchedArgumentsAllowed(true).unmatchedOptionsArePositionalParams(true);
    spec.addPositional(
        CommandLine.Model.PositionalParamSpec.builder()
            .arity("0..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .hidden(true)
            .build());
    return new CommandLine(spec);
  }
}
