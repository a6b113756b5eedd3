package io.evenkeel.promql.promtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Runs our own scripts, and Prometheus's where EVENKEEL_PROMQL_SUITE names their folder.
class SuiteTest {
  private static List<Path> scripts(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".test")).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> own_scripts_pass() throws IOException {
    return scripts(Path.of("src/test/resources/promtest")).stream()
        .map(script ->
            DynamicTest.dynamicTest(
                script.getFileName().toString(),
                () -> {
                  ScriptRunner.Report report =
                      ScriptRunner.run(script.toString(), Files.readString(script));
                  assertThat(report.failures()).isEmpty();
                  assertThat(report.passed()).isPositive();
                }));
  }

  @Test
  void prometheus_scripts_pass_as_far_as_the_language_is_built() throws IOException {
    String folder = System.getenv().getOrDefault("EVENKEEL_PROMQL_SUITE", "");
    assumeThat(folder)
        .as("EVENKEEL_PROMQL_SUITE names the folder of Prometheus's scripts")
        .isNotEmpty();
    int passed = 0;
    int total = 0;
    StringBuilder summary = new StringBuilder();
    for (Path script : scripts(Path.of(folder))) {
      ScriptRunner.Report report = ScriptRunner.run(script.toString(), Files.readString(script));
      passed += report.passed();
      total += report.total();
      summary.append(
          "%s: %d of %d%n".formatted(script.getFileName(), report.passed(), report.total()));
      if (Boolean.getBoolean("promtest.verbose")) {
        report.failures().forEach(failure -> summary.append("  ").append(failure).append('\n'));
      }
    }
    System.out.printf("%sPrometheus's scripts: %d of %d cases%n", summary, passed, total);
    assertThat(passed).isGreaterThanOrEqualTo(LEAST_PASSED);
  }

  /// What passed when the language was last extended; it only rises.
  private static final int LEAST_PASSED = 676;
}
