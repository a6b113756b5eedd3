package io.evenkeel.hub.command;

import io.evenkeel.hub.alert.template.Template;
import io.evenkeel.hub.alert.template.TemplateException;
import io.evenkeel.hub.rules.AlertingRule;
import io.evenkeel.hub.rules.RecordingRule;
import io.evenkeel.hub.rules.Rule;
import io.evenkeel.hub.rules.RuleFile;
import io.evenkeel.hub.rules.RuleGroup;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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
      List<String> problems = new ArrayList<>();
      file.problems().forEach(problem -> problems.add(problem.toString()));
      problems.addAll(brokenTexts(file));
      problems.forEach(problem -> err.println("evenkeel: " + path + ":" + problem));
      right &= problems.isEmpty();
      if (problems.isEmpty()) {
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

  /// What is wrong in the templates of labels and annotations.
  private static List<String> brokenTexts(RuleFile file) {
    List<String> broken = new ArrayList<>();
    for (RuleGroup group : file.groups()) {
      for (Rule rule : group.rules()) {
        if (rule instanceof AlertingRule alerting) {
          for (Map<String, String> texts : List.of(alerting.labels(), alerting.annotations())) {
            texts.forEach((name, text) -> {
              try {
                var unused = Template.parse(text);
              } catch (TemplateException e) {
                broken.add(
                    alerting.line()
                        + ": "
                        + alerting.name()
                        + ": '"
                        + name
                        + "': "
                        + e.getMessage());
              }
            });
          }
        }
      }
    }
    return broken;
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
