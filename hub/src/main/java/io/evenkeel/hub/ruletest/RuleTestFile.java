package io.evenkeel.hub.ruletest;

import io.evenkeel.hub.yaml.YamlDocument;
import io.evenkeel.hub.yaml.YamlFields;
import io.evenkeel.hub.yaml.YamlProblem;
import io.evenkeel.hub.yaml.YamlScalar;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A file of unit tests of rules:
/// https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
///
/// @param ruleFiles the rule files that it tests, which may be patterns
/// @param evaluationInterval between evaluations of the groups
/// @param groupOrder the order of groups at one time
/// @param fuzzy whether numbers need to agree within a relative 1e-6 only
/// @param problems everything that is wrong with it, in the order of the file
record RuleTestFile(
    List<String> ruleFiles,
    Duration evaluationInterval,
    List<String> groupOrder,
    boolean fuzzy,
    List<Scenario> scenarios,
    List<YamlProblem> problems) {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  RuleTestFile {
    ruleFiles = List.copyOf(ruleFiles);
    groupOrder = List.copyOf(groupOrder);
    scenarios = List.copyOf(scenarios);
    problems = List.copyOf(problems);
  }

  /// One test: series, and what the rules are to make of them.
  ///
  /// @param interval between the samples of the series
  /// @param start the time of the first samples; all other times count from it
  record Scenario(
      String name,
      Duration interval,
      Instant start,
      List<Series> series,
      List<AlertCheck> alerts,
      List<ExprCheck> expressions,
      Map<String, String> externalLabels,
      String externalUrl) {
    /// The time of the last check.
    Duration last() {
      Duration last = Duration.ZERO;
      for (AlertCheck check : alerts) {
        last = last.compareTo(check.at()) < 0 ? check.at() : last;
      }
      for (ExprCheck check : expressions) {
        last = last.compareTo(check.at()) < 0 ? check.at() : last;
      }
      return last;
    }
  }

  /// @param values in the notation of test scripts
  record Series(String series, String values) {}

  /// The firing alerts of one name at a time.
  record AlertCheck(Duration at, String alertname, List<ExpectedAlert> alerts) {}

  record ExpectedAlert(Map<String, String> labels, Map<String, String> annotations) {}

  /// The answer to an expression at a time.
  record ExprCheck(String expression, Duration at, List<ExpectedSample> samples) {}

  /// @param histogram in the notation of test scripts; the value does not count then
  record ExpectedSample(String labels, double value, Optional<String> histogram) {}

  /// Reads the text of a file.
  static RuleTestFile parse(String text) {
    Reader reader = new Reader();
    List<YamlProblem> problems = YamlDocument.read(text, reader::file);
    return new RuleTestFile(
        reader.ruleFiles,
        reader.interval,
        reader.groupOrder,
        reader.fuzzy,
        reader.scenarios,
        problems);
  }

  private static final class Reader {
    private final List<String> ruleFiles = new ArrayList<>();
    private final List<String> groupOrder = new ArrayList<>();
    private final List<Scenario> scenarios = new ArrayList<>();
    private Duration interval = INTERVAL;
    private boolean fuzzy;

    void file(YamlFields file) {
      file.scalars("rule_files").forEach(name -> ruleFiles.add(name.text()));
      interval = file.duration("evaluation_interval").filter(d -> !d.isZero()).orElse(INTERVAL);
      file.scalars("group_eval_order").forEach(name -> groupOrder.add(name.text()));
      if (groupOrder.stream().distinct().count() < groupOrder.size()) {
        file.problemOf("group_eval_order", "a group's name is repeated in the evaluation order");
      }
      fuzzy = file.flag("fuzzy_compare");
      file.each("tests", "a test", test -> scenarios.add(scenario(test)));
    }

    private Scenario scenario(YamlFields test) {
      List<Series> series = new ArrayList<>();
      List<AlertCheck> alerts = new ArrayList<>();
      List<ExprCheck> expressions = new ArrayList<>();
      String name = test.text("name");
      Duration step = test.duration("interval").filter(d -> !d.isZero()).orElse(interval);
      Instant start =
          test.scalar("start_timestamp").map(at -> start(test, at)).orElse(Instant.EPOCH);
      test.each(
          "input_series",
          "an input series",
          one -> series.add(new Series(one.text("series"), one.text("values"))));
      test.each("alert_rule_test", "an alert test", one -> alerts.add(alertCheck(one)));
      test.each("promql_expr_test", "an expression test", one -> expressions.add(exprCheck(one)));
      return new Scenario(
          name,
          step,
          start,
          List.copyOf(series),
          List.copyOf(alerts),
          List.copyOf(expressions),
          plain(test.texts("external_labels")),
          test.text("external_url"));
    }

    private static Instant start(YamlFields test, YamlScalar at) {
      try {
        return at.text().matches("\\d{1,11}(\\.\\d+)?")
            ? Instant.ofEpochMilli(Math.round(Double.parseDouble(at.text()) * 1000))
            : Instant.parse(at.text());
      } catch (DateTimeParseException e) {
        test.problem(at, 0, "'" + at.text() + "' is no time, such as 2026-01-31T12:00:00Z");
        return Instant.EPOCH;
      }
    }

    private static AlertCheck alertCheck(YamlFields check) {
      List<ExpectedAlert> expected = new ArrayList<>();
      Duration at = check.duration("eval_time").orElse(Duration.ZERO);
      String alertname = check.text("alertname");
      if (alertname.isEmpty()) {
        check.problem("an alert test needs an 'alertname'");
      }
      check.each(
          "exp_alerts",
          "an expected alert",
          alert ->
              expected.add(
                  new ExpectedAlert(
                      plain(alert.texts("exp_labels")), plain(alert.texts("exp_annotations")))));
      return new AlertCheck(at, alertname, List.copyOf(expected));
    }

    private static ExprCheck exprCheck(YamlFields check) {
      List<ExpectedSample> expected = new ArrayList<>();
      String expression = check.text("expr");
      Duration at = check.duration("eval_time").orElse(Duration.ZERO);
      check.each(
          "exp_samples",
          "an expected sample",
          sample ->
              expected.add(
                  new ExpectedSample(
                      sample.text("labels"),
                      sample.scalar("value").map(value -> number(sample, value)).orElse(0.0),
                      sample.scalar("histogram").map(YamlScalar::text).filter(t -> !t.isEmpty()))));
      return new ExprCheck(expression, at, List.copyOf(expected));
    }

    private static double number(YamlFields sample, YamlScalar value) {
      String text = value.text().replaceFirst("^([-+]?)\\.?[iI]nf$", "$1Infinity");
      try {
        return text.matches("(?i)\\.?nan") ? Double.NaN : Double.parseDouble(text);
      } catch (NumberFormatException e) {
        sample.problem(value, 0, "'" + value.text() + "' is not a number");
        return 0;
      }
    }

    private static Map<String, String> plain(Map<String, YamlScalar> values) {
      Map<String, String> plain = new LinkedHashMap<>();
      values.forEach((name, value) -> plain.put(name, value.text()));
      return plain;
    }
  }
}
