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
  void prometheus_scripts_pass() throws IOException {
    String folder = System.getenv().getOrDefault("EVENKEEL_PROMQL_SUITE", "");
    assumeThat(folder)
        .as("EVENKEEL_PROMQL_SUITE names the folder of Prometheus's scripts")
        .isNotEmpty();
    for (Path script : scripts(Path.of(folder))) {
      ScriptRunner.Report report = ScriptRunner.run(script.toString(), Files.readString(script));
      assertThat(report.failures()).as(script.getFileName().toString()).isEmpty();
      assertThat(report.passed()).isPositive();
    }
  }
}
