package io.evenkeel.hub.ruletest;

import io.evenkeel.hub.ruletest.RuleTestFile.Scenario;
import io.evenkeel.hub.yaml.YamlProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/// Runs the unit tests of a file: the rules are evaluated over the test's series, as a hub would
/// evaluate them, and their alerts and recorded series are compared with what the file expects.
public final class RuleTests {
  private RuleTests() {}

  /// What a file's tests came to.
  ///
  /// @param warnings what does not make it fail
  /// @param failures what was not as expected, each in promtool's words; none when all passed
  public record Report(List<String> warnings, List<String> failures) {
    public Report {
      warnings = List.copyOf(warnings);
      failures = List.copyOf(failures);
    }
  }

  /// Runs the tests of a file.
  ///
  /// @param text the file's text
  /// @param path where it lies; names of rule files count from its folder
  /// @param wanted which tests to run, by their names
  public static Report run(String text, Path path, Predicate<String> wanted) {
    RuleTestFile file = RuleTestFile.parse(text);
    if (!file.problems().isEmpty()) {
      return new Report(List.of(), file.problems().stream().map(YamlProblem::toString).toList());
    }
    Path folder = path.getParent();
    RuleFiles rules = RuleFiles.read(file.ruleFiles(), folder == null ? Path.of("") : folder);
    if (!rules.problems().isEmpty()) {
      return new Report(rules.warnings(), rules.problems());
    }
    List<RuleFiles.GroupOfFile> groups = new ArrayList<>(rules.groups());
    groups.sort(
        Comparator.comparingInt(one -> Math.max(0, file.groupOrder().indexOf(one.group().name()))));
    List<String> failures = new ArrayList<>();
    for (Scenario scenario : file.scenarios()) {
      if (wanted.test(scenario.name())) {
        failures.addAll(new ScenarioRun(file, scenario, groups).run());
      }
    }
    return new Report(rules.warnings(), failures);
  }
}
