package io.evenkeel.hub.command;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.evenkeel.hub.ruletest.RuleTests;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs unit tests of rule files; format, output and exit code are those of `promtool test rules`.
@Command(
    name = "test-rules",
    description = "Run unit tests of rule files, in promtool's format.",
    mixinStandardHelpOptions = true)
final class TestRulesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--run",
      paramLabel = "REGEX",
      description = "Only tests whose name matches, anywhere in it; may be given several times.")
  private List<String> run = List.of();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files of unit tests.")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws CommandFailure {
    Predicate<String> wanted = wanted();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    boolean passed = true;
    for (Path file : files) {
      out.println("Unit Testing:  " + file);
      out.flush();
      RuleTests.Report report =
          RuleTests.run(TextFile.read(file, "a file of rule tests"), file, wanted);
      report.warnings().forEach(warning -> err.println("  WARNING: " + warning));
      if (report.failures().isEmpty()) {
        out.println("  SUCCESS");
      } else {
        passed = false;
        err.println("  FAILED:");
        for (String failure : report.failures()) {
          err.println(failure);
          err.flush();
          out.println();
          out.flush();
        }
      }
      out.println();
    }
    return passed ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private Predicate<String> wanted() throws CommandFailure {
    if (run.isEmpty()) {
      return name -> true;
    }
    try {
      List<Pattern> patterns = run.stream().map(Pattern::compile).toList();
      return name -> patterns.stream().anyMatch(pattern -> pattern.matcher(name).find());
    } catch (PatternSyntaxException e) {
      throw new CommandFailure("--run: " + e.getMessage());
    }
  }
}
