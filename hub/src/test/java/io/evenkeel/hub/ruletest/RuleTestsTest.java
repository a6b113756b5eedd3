package io.evenkeel.hub.ruletest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.hub.command.EvenkeelCommand;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RuleTestsTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures/ruletest");

  @TempDir Path folder;

  /// What a program printed, and its exit code.
  private record Run(int code, String out, String err) {}

  private static Run evenkeel(Path file, String... more) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = EvenkeelCommand.all(Clock.systemUTC());
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String[] arguments =
        Arrays.copyOf(new String[] {"test-rules", file.toString()}, 2 + more.length);
    System.arraycopy(more, 0, arguments, 2, more.length);
    int code = command.execute(arguments);
    return new Run(code, out.toString(), err.toString());
  }

  private Run promtool(Path file) throws IOException, InterruptedException {
    String path = System.getenv("PATH");
    boolean there =
        Arrays.stream(path == null ? new String[0] : path.split(File.pathSeparator, -1))
            .anyMatch(one -> Files.isExecutable(Path.of(one, "promtool")));
    assumeTrue(there, "promtool is not installed");
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder("promtool", "test", "rules", file.toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private Run run(String tests, String... more) throws IOException {
    return evenkeel(Files.writeString(folder.resolve("tests.yml"), tests), more);
  }

  @Test
  void tests_that_hold_pass() {
    Run run = evenkeel(FIXTURES.resolve("pass.yml"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).endsWith("pass.yml\n  SUCCESS\n\n");
    assertThat(run.code()).isZero();
  }

  @Test
  void what_was_not_as_expected_is_told_and_makes_the_exit_code() {
    Run run = evenkeel(FIXTURES.resolve("fail.yml"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("  FAILED:\n    name: nothing is as expected,\n    alertname: Unknown")
        .contains("rule: TooMany, time: 2m0s, err: exceeded limit of 2 with 3 alerts")
        .contains("exp: {job=\"a\"} 1.2345678E+04\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pass.yml", "fail.yml"})
  void promtool_says_the_same_of_the_same_files(String name) throws Exception {
    Path file = FIXTURES.resolve(name);
    assertThat(evenkeel(file)).isEqualTo(promtool(file));
  }

  @Test
  void histograms_are_compared() throws IOException {
    String tests =
        """
        evaluation_interval: 1m
        tests:
          - input_series:
              - series: h
                values: '{{schema:0 sum:1 count:2 buckets:[1 1]}}+{{sum:1 count:2 buckets:[1 1]}}x5'
            promql_expr_test:
              - expr: h
                eval_time: 2m
                exp_samples:
                  - labels: h
                    histogram: '{{schema:0 count:%d sum:3 buckets:[3 3]}}'
        """;
    assertThat(run(tests.formatted(6)).code()).isZero();
    Run failed = run(tests.formatted(7));
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err()).contains("exp: {__name__=\"h\"} {count:7, sum:3");
  }

  @Test
  void a_test_may_begin_at_another_time_and_compare_loosely() throws IOException {
    assertThat(
            run(
                """
                fuzzy_compare: true
                tests:
                  - start_timestamp: 2026-01-31T12:00:00Z
                    input_series:
                      - {series: x, values: '1 2 3'}
                    promql_expr_test:
                      - expr: timestamp(x)
                        eval_time: 1m
                        exp_samples: [{labels: '', value: 1769860860}]
                      - expr: x / 3
                        eval_time: 1m
                        exp_samples: [{labels: '{}', value: 0.6666667}]
                """))
        .isEqualTo(
            new Run(0, "Unit Testing:  " + folder.resolve("tests.yml") + "\n  SUCCESS\n\n", ""));
  }

  @Test
  void only_tests_of_a_name_are_run_when_asked() throws IOException {
    String tests =
        """
        tests:
          - {name: good, promql_expr_test: [{expr: vector(1), exp_samples: [{labels: '{}', value: 1}]}]}
          - {name: bad, promql_expr_test: [{expr: vector(1)}]}
        """;
    assertThat(run(tests).code()).isEqualTo(1);
    assertThat(run(tests, "--run", "^go").code()).isZero();
    assertThat(run(tests, "--run", "(").code()).isNotZero();
  }

  @Test
  void what_is_wrong_with_a_file_is_told_with_its_place() throws IOException {
    assertThat(run("tests: [{foo: 1}]\n").err()).contains("1:10: 'foo' is no field of a test");
    assertThat(run("rule_files: [none*.yml]\n").err()).contains("WARNING: no file match pattern");
    assertThat(run("tests: [{input_series: [{series: 'x{', values: 1}]}]\n").err())
        .contains("parse error");
    Files.writeString(folder.resolve("broken.yml"), "groups: [{name: a, rules: [{record: x}]}]");
    Run run = run("rule_files: [broken.yml]\n");
    assertThat(run.err()).contains("broken.yml:1:").contains("needs an 'expr'");
    assertThat(List.of(run.code())).containsExactly(1);
  }
}
