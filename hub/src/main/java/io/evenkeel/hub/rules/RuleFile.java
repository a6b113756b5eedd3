package io.evenkeel.hub.rules;

import io.evenkeel.hub.yaml.YamlDocument;
import io.evenkeel.hub.yaml.YamlFields;
import io.evenkeel.hub.yaml.YamlProblem;
import io.evenkeel.hub.yaml.YamlScalar;
import io.evenkeel.model.Label;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.ValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A file of rules in Prometheus's format:
/// https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
///
/// @param groups its groups; with problems, those parts that could be read
/// @param problems everything that is wrong, in the order of the file; a file with problems is not
///   to be used
public record RuleFile(List<RuleGroup> groups, List<YamlProblem> problems) {
  public RuleFile {
    groups = List.copyOf(groups);
    problems = List.copyOf(problems);
  }

  /// Reads the text of a file.
  public static RuleFile parse(String text) {
    List<RuleGroup> groups = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<YamlProblem> problems =
        YamlDocument.read(
            text,
            file ->
                file.each(
                    "groups",
                    "a group",
                    group -> {
                      groups.add(group(group));
                      String name = group.text("name");
                      if (!name.isEmpty() && !names.add(name)) {
                        group.problemOf(
                            "name", "the group '" + name + "' stands twice in this file");
                      }
                    }));
    return new RuleFile(groups, problems);
  }

  /// Whether nothing is wrong with it.
  public boolean isValid() {
    return problems.isEmpty();
  }

  private static RuleGroup group(YamlFields fields) {
    String name = fields.text("name");
    if (name.isEmpty()) {
      fields.problem("a group needs a 'name'");
    }
    Optional<Duration> interval = fields.duration("interval").filter(d -> !d.isZero());
    Optional<Duration> offset = fields.duration("query_offset");
    int limit = fields.count("limit").orElse(0);
    Map<String, String> labels = labels(fields);
    List<Rule> rules = new ArrayList<>();
    fields.each("rules", "a rule", rule -> rule(rule, labels).ifPresent(rules::add));
    return new RuleGroup(name, interval, offset, limit, rules, fields.line());
  }

  private static Optional<Rule> rule(YamlFields fields, Map<String, String> groupLabels) {
    Optional<YamlScalar> recorded = fields.scalar("record").filter(v -> !v.text().isEmpty());
    Optional<YamlScalar> alert = fields.scalar("alert").filter(v -> !v.text().isEmpty());
    String expression = expression(fields);
    Duration hold = fields.duration("for").orElse(Duration.ZERO);
    Duration keep = fields.duration("keep_firing_for").orElse(Duration.ZERO);
    Map<String, String> labels = new LinkedHashMap<>(groupLabels);
    labels.putAll(labels(fields));
    Map<String, String> annotations = plain(fields.texts("annotations"));
    if (recorded.isPresent() == alert.isPresent()) {
      fields.problem(
          recorded.isPresent()
              ? "a rule has either 'record' or 'alert', not both"
              : "a rule needs 'record' or 'alert'");
      return Optional.empty();
    }
    if (recorded.isPresent()) {
      checkRecording(fields, recorded.get());
      return Optional.of(
          new RecordingRule(recorded.get().text(), expression, labels, fields.line()));
    }
    return Optional.of(
        new AlertingRule(
            alert.orElseThrow().text(),
            expression,
            hold,
            keep,
            labels,
            annotations,
            fields.line()));
  }

  private static void checkRecording(YamlFields fields, YamlScalar name) {
    for (String field : List.of("for", "keep_firing_for", "annotations")) {
      if (fields.has(field)) {
        fields.problemOf(field, "a recording rule has no '" + field + "'");
      }
    }
    // A name in braces is what a whole selector looks like; Prometheus refuses it as well.
    if (name.text().indexOf('{') >= 0 || name.text().indexOf('}') >= 0) {
      fields.problem(name, 0, "'" + name.text() + "' is not a metric's name");
    }
  }

  private static String expression(YamlFields fields) {
    Optional<YamlScalar> value = fields.scalar("expr").filter(v -> !v.text().isBlank());
    if (value.isEmpty()) {
      fields.problem("a rule needs an 'expr'");
      return "";
    }
    YamlScalar expr = value.get();
    try {
      Expr parsed = QueryEngine.parse(expr.text());
      if (parsed.type() != ValueType.VECTOR && parsed.type() != ValueType.SCALAR) {
        fields.problem(
            expr,
            0,
            "a rule's expression gives an instant vector or a scalar, not a "
                + parsed.type().words());
      }
    } catch (QueryException.BadQuery e) {
      fields.problem(expr, e.position(), "could not parse expression: " + e.getMessage());
    }
    return expr.text();
  }

  private static Map<String, String> labels(YamlFields fields) {
    Map<String, YamlScalar> labels = fields.texts("labels");
    labels.forEach((name, value) -> {
      if (name.isEmpty() || name.equals(Label.METRIC_NAME)) {
        fields.problem(value, 0, "'" + name + "' is not a label that a rule can set");
      }
    });
    return plain(labels);
  }

  private static Map<String, String> plain(Map<String, YamlScalar> values) {
    Map<String, String> plain = new LinkedHashMap<>();
    values.forEach((name, value) -> plain.put(name, value.text()));
    return plain;
  }
}
