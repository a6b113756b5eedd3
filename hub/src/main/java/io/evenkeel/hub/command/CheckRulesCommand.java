package io.evenkeel.hub.command;

import io.evenkeel.hub.rules.AlertingRule;
import io.evenkeel.hub.rules.RecordingRule;
import io.evenkeel.hub.rules.Rule;
import io.evenkeel.hub.rules.RuleFile;
import io.evenkeel.hub.rules.RuleGroup;
import io.evenkeel.hub.yaml.YamlProblem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Checks rule files and says everything that is wrong with them, each with its place.
@Command(
    name = "check-rules",
    description = "Check files of alert and recording rules.",
    mixinStandardHelpOptions = true)
final class CheckRulesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Rule files.")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    boolean right = true;
    for (Path path : files) {
      RuleFile file = RuleFile.parse(TextFile.read(path, "a rule file"));
      for (YamlProblem problem : file.problems()) {
        err.println("evenkeel: " + path + ":" + problem);
      }
      right &= file.isValid();
      if (file.isValid()) {
        out.println(
            path
                + ": "
                + count(file, RecordingRule.class)
                + " recording and "
                + count(file, AlertingRule.class)
                + " alerting rules in "
                + file.groups().size()
                + (file.groups().size() == 1 ? " group" : " groups"));
        doubles(file).forEach(line -> out.println(path + ":" + line));
      }
    }
    return right ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private static long count(RuleFile file, Class<? extends Rule> kind) {
    return file.groups().stream()
        .flatMap(group -> group.rules().stream())
        .filter(kind::isInstance)
        .count();
  }

  /// Rules with one name and the same labels: allowed, but seldom meant.
  private static List<String> doubles(RuleFile file) {
    Map<List<Object>, Integer> lines = new HashMap<>();
    return file.groups().stream()
        .map(RuleGroup::rules)
        .flatMap(List::stream)
        .flatMap(rule -> {
          Integer before =
              lines.putIfAbsent(List.of(rule.getClass(), rule.name(), rule.labels()), rule.line());
          return before == null
              ? java.util.stream.Stream.<String>empty()
              : java.util.stream.Stream.of(
                  rule.line()
                      + ": note: '"
                      + rule.name()
                      + "' stands in line "
                      + before
                      + " too, with the same labels");
        })
        .toList();
  }
}
