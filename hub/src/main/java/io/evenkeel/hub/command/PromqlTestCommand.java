package io.evenkeel.hub.command;

import io.evenkeel.promql.promtest.ScriptRunner;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs PromQL test scripts and says for each how many of its cases came out as it says.
@Command(
    name = "promql-test",
    description = "Run PromQL test scripts.",
    mixinStandardHelpOptions = true)
final class PromqlTestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Test scripts.")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    int passed = 0;
    int total = 0;
    for (Path file : files) {
      ScriptRunner.Report report =
          ScriptRunner.run(file.toString(), TextFile.read(file, "a PromQL test script"));
      passed += report.passed();
      total += report.total();
      out.println(
          file
              + ": "
              + report.passed()
              + " passed, "
              + report.failures().size()
              + " failed, "
              + report.total()
              + " in all");
      report
          .failures()
          .forEach(failure ->
              out.println(
                  "  line " + failure.line() + ": " + failure.query() + ": " + failure.problem()));
    }
    if (files.size() > 1) {
      out.println(passed + " of " + total + " cases passed in " + files.size() + " files");
    }
    return passed == total ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }
}
