package io.evenkeel.hub.ruletest;

import io.evenkeel.hub.alert.AlertRule;
import io.evenkeel.hub.alert.AlertRule.Origin;
import io.evenkeel.hub.alert.AlertState;
import io.evenkeel.hub.alert.AlertsSeries;
import io.evenkeel.hub.alert.Evaluator;
import io.evenkeel.hub.rules.AlertingRule;
import io.evenkeel.hub.rules.RecordingGroup;
import io.evenkeel.hub.rules.RecordingRule;
import io.evenkeel.hub.rules.Rule;
import io.evenkeel.hub.rules.RuleGroup;
import io.evenkeel.hub.ruletest.RuleFiles.GroupOfFile;
import io.evenkeel.hub.ruletest.RuleTestFile.AlertCheck;
import io.evenkeel.hub.ruletest.RuleTestFile.ExpectedSample;
import io.evenkeel.hub.ruletest.RuleTestFile.ExprCheck;
import io.evenkeel.hub.ruletest.RuleTestFile.Scenario;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.parse.PromqlSyntaxException;
import io.evenkeel.promql.promtest.Comparison;
import io.evenkeel.promql.promtest.InputSeries;
import io.evenkeel.promql.promtest.SeriesNotation;
import io.evenkeel.promql.promtest.SeriesNotation.NotationException;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One test of a file, run over a store of its own. Used once.
final class ScenarioRun {
  private final RuleTestFile file;
  private final Scenario scenario;
  private final List<GroupRun> groups = new ArrayList<>();
  private final MemoryStore store = new MemoryStore();
  private final QueryEngine queries = new QueryEngine(store, QueryLimits.DEFAULT);
  private final Evaluator evaluator;
  private final AlertsSeries series = new AlertsSeries(store);
  private final List<String> failures = new ArrayList<>();
  private final List<String> ruleErrors = new ArrayList<>();

  /// A rule with what it keeps between its evaluations.
  private sealed interface RuleRun {}

  private record Recording(RecordingGroup alone) implements RuleRun {}

  private static final class Alerting implements RuleRun {
    final AlertRule rule;
    Map<String, AlertState> alerts = Map.of();

    Alerting(AlertRule rule) {
      this.rule = rule;
    }
  }

  private record GroupRun(List<RuleRun> rules) {}

  ScenarioRun(RuleTestFile file, Scenario scenario, List<GroupOfFile> groups) {
    this.file = file;
    this.scenario = scenario;
    this.evaluator =
        new Evaluator(queries, scenario.externalUrl(), scenario.externalLabels(), true);
    for (GroupOfFile one : groups) {
      this.groups.add(
          new GroupRun(one.group().rules().stream().map(rule -> ruleRun(one, rule)).toList()));
    }
  }

  private RuleRun ruleRun(GroupOfFile of, Rule rule) {
    RuleGroup group = of.group();
    return switch (rule) {
      case RecordingRule recording ->
          new Recording(
              new RecordingGroup(
                  of.file(),
                  new RuleGroup(
                      group.name(),
                      group.interval(),
                      group.queryOffset(),
                      group.limit(),
                      List.of(recording),
                      group.line())));
      case AlertingRule alerting ->
          new Alerting(
              new AlertRule(
                  of.file() + ":" + alerting.line(),
                  group.name(),
                  alerting.name(),
                  alerting.expression(),
                  alerting.holdDuration(),
                  alerting.keepFiringFor(),
                  null,
                  alerting.labels(),
                  alerting.annotations(),
                  file.evaluationInterval(),
                  group.queryOffset().orElse(Duration.ZERO),
                  group.limit(),
                  false,
                  Origin.FILE,
                  null,
                  true));
    };
  }

  /// What was not as expected.
  List<String> run() {
    long start = scenario.start().toEpochMilli();
    InputSeries input = new InputSeries(start, scenario.interval().toMillis());
    for (RuleTestFile.Series one : scenario.series()) {
      try {
        input.add(one.series(), one.values());
      } catch (NotationException | PromqlSyntaxException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    if (!failures.isEmpty()) {
      return failures;
    }
    long interval = file.evaluationInterval().toMillis();
    List<AlertCheck> checks = new ArrayList<>(scenario.alerts());
    checks.sort(Comparator.comparing(AlertCheck::at));
    for (long at = 0; at <= scenario.last().toMillis(); at += interval) {
      store.append(input.until(start + at), "");
      evaluate(start + at);
      if (!ruleErrors.isEmpty()) {
        // What the others come to says little then.
        return ruleErrors;
      }
      for (AlertCheck check : checks) {
        if (Math.floorDiv(check.at().toMillis(), interval) * interval == at) {
          compare(check);
        }
      }
    }
    scenario.expressions().forEach(this::compare);
    return failures;
  }

  private String named(String failure) {
    return scenario.name().isEmpty() ? failure : "    name: " + scenario.name() + ",\n" + failure;
  }

  private void evaluate(long at) {
    for (GroupRun group : groups) {
      for (RuleRun rule : group.rules()) {
        switch (rule) {
          case Recording recording -> {
            recording.alone().evaluate(queries, store, at);
            for (RecordingGroup.RuleStatus status : recording.alone().status().rules()) {
              status.error().ifPresent(error -> failed(status.rule().name(), at, error));
            }
          }
          case Alerting alerting -> evaluate(alerting, at);
        }
      }
    }
  }

  private void evaluate(Alerting alerting, long at) {
    try {
      Evaluator.Result result = evaluator.evaluate(alerting.rule, alerting.alerts, null, at);
      alerting.alerts = result.next();
      series.write(alerting.rule, result.next().values(), result.gone(), at);
    } catch (QueryException e) {
      failed(alerting.rule.name(), at, String.valueOf(e.getMessage()));
    }
  }

  private void failed(String rule, long at, String error) {
    Duration time = Duration.ofMillis(at - scenario.start().toEpochMilli());
    ruleErrors.add("    rule: " + rule + ", time: " + GoText.elapsed(time) + ", err: " + error);
  }

  // ---- alerts ----

  private record Told(Map<String, String> labels, Map<String, String> annotations) {
    String text() {
      return "Labels:" + GoText.labels(labels) + "\nAnnotations:" + GoText.labels(annotations);
    }
  }

  private void compare(AlertCheck check) {
    List<Told> expected = new ArrayList<>();
    for (RuleTestFile.ExpectedAlert alert : check.alerts()) {
      Map<String, String> labels = new HashMap<>(alert.labels());
      labels.put("alertname", check.alertname());
      expected.add(new Told(labels, alert.annotations()));
    }
    List<Told> found = new ArrayList<>();
    for (GroupRun group : groups) {
      for (RuleRun rule : group.rules()) {
        if (rule instanceof Alerting alerting && alerting.rule.name().equals(check.alertname())) {
          alerting.alerts.values().stream()
              .filter(AlertState::isFiring)
              .map(alert -> new Told(alert.labels().toMap(), alert.annotations()))
              .forEach(found::add);
        }
      }
    }
    expected.sort(Comparator.comparing(Told::text));
    found.sort(Comparator.comparing(Told::text));
    if (!expected.equals(found)) {
      failures.add(
          named(
              "    alertname: "
                  + check.alertname()
                  + ", time: "
                  + GoText.duration(check.at())
                  + ", \n        exp:"
                  + text(expected)
                  + ", \n        got:"
                  + text(found)));
    }
  }

  private static String text(List<Told> alerts) {
    if (alerts.isEmpty()) {
      return "[]";
    }
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < alerts.size(); i++) {
      text.append(i == 0 ? "\n" : ",\n")
          .append(i)
          .append(":\n")
          .append(alerts.get(i).text().indent(2).stripTrailing());
    }
    return text.append("\n]").toString().replace("\n", "\n            ");
  }

  // ---- expressions ----

  /// A sample as it is compared; a histogram by its text.
  private record Sample(Labels labels, double value, Optional<String> histogram) {
    String text() {
      return GoText.labels(labels.toMap()) + " " + histogram.orElseGet(() -> GoText.number(value));
    }

    boolean isSame(Sample other, boolean fuzzy) {
      return labels.equals(other.labels)
          && histogram.equals(other.histogram)
          && (histogram.isPresent()
              || Double.compare(value, other.value) == 0
              || value == other.value
              || (fuzzy && Comparison.same(value, other.value)));
    }
  }

  private void compare(ExprCheck check) {
    String where =
        "    expr: "
            + GoText.quoted(check.expression())
            + ", time: "
            + GoText.duration(check.at())
            + ",";
    List<Sample> expected;
    List<Sample> found;
    try {
      expected = check.samples().stream().map(ScenarioRun::sample).toList();
      found = answer(check);
    } catch (QueryException | NotationException | PromqlSyntaxException e) {
      failures.add(where + " err: " + e.getMessage());
      return;
    }
    expected = sorted(expected);
    found = sorted(found);
    boolean same = expected.size() == found.size();
    for (int i = 0; same && i < found.size(); i++) {
      same = found.get(i).isSame(expected.get(i), file.fuzzy());
    }
    if (!same) {
      failures.add(where + "\n        exp: " + list(expected) + "\n        got: " + list(found));
    }
  }

  private static List<Sample> sorted(List<Sample> samples) {
    return samples.stream().sorted(Comparator.comparing(Sample::labels)).toList();
  }

  private static String list(List<Sample> samples) {
    return samples.isEmpty()
        ? "nil"
        : String.join(", ", samples.stream().map(Sample::text).toList());
  }

  private static Sample sample(ExpectedSample expected) {
    return new Sample(
        expected.labels().isBlank() ? Labels.empty() : SeriesNotation.labels(expected.labels()),
        expected.value(),
        expected.histogram().map(text -> SeriesNotation.histogram(text).compact().toString()));
  }

  private List<Sample> answer(ExprCheck check) {
    Value value =
        queries
            .query(
                QueryRequest.instant(
                    check.expression(), scenario.start().plus(check.at()).toEpochMilli()))
            .value();
    return switch (value) {
      case Value.InstantVector vector ->
          vector.samples().stream()
              .map(sample ->
                  new Sample(
                      sample.labels(),
                      sample.value(),
                      Optional.ofNullable(sample.histogram())
                          .map(histogram -> Histogram.of(histogram).compact().toString())))
              .toList();
      case Value.Scalar scalar ->
          List.of(new Sample(Labels.empty(), scalar.value(), Optional.empty()));
      case Value.Text text ->
          throw new QueryException.Failed("rule result is not a vector or scalar");
      case Value.RangeVector range ->
          throw new QueryException.Failed("rule result is not a vector or scalar");
    };
  }
}
