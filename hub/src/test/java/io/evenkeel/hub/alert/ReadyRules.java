package io.evenkeel.hub.alert;

import io.evenkeel.hub.rules.AlertingRule;
import io.evenkeel.hub.rules.RuleFile;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The rules that every hub starts with, evaluated over the samples that a test gives.
final class ReadyRules {
  static final long NOW_SECONDS = 1_800_000_000;

  private final MemoryStore samples = new MemoryStore();
  private final QueryEngine queries = new QueryEngine(samples, QueryLimits.DEFAULT);

  void gauge(Labels labels, double value) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(labels), NOW_SECONDS * 1_000, value);
    append(batch);
  }

  void append(SampleBatch batch) {
    samples.append(batch);
  }

  /// The instances for which a rule's expression holds.
  List<String> firing(String rule) {
    return firing(rule, NOW_SECONDS * 1_000, "instance");
  }

  /// The values of a label for which a rule's expression holds at a moment.
  List<String> firing(String rule, long atMillis, String label) {
    String expression = rule(rule).expression();
    Value.InstantVector vector =
        (Value.InstantVector) queries.query(QueryRequest.instant(expression, atMillis)).value();
    return vector.samples().stream().map(one -> one.labels().valueOrEmpty(label)).toList();
  }

  private static AlertingRule rule(String name) {
    return RuleFile.parse(RulePack.load().rules()).groups().stream()
        .flatMap(group -> group.rules().stream())
        .filter(AlertingRule.class::isInstance)
        .map(AlertingRule.class::cast)
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// The alerts of a rule as they fire, its hold time aside, with their texts.
  List<AlertState> alerts(String name) {
    AlertingRule rule = rule(name);
    AlertRule fires =
        new AlertRule(
            name,
            "group",
            name,
            rule.expression(),
            Duration.ZERO,
            Duration.ZERO,
            null,
            rule.labels(),
            RulePack.load().texts().getOrDefault(name, Map.of()),
            Duration.ofSeconds(30),
            Duration.ZERO,
            0,
            false,
            AlertRule.Origin.PACK,
            null,
            true);
    return List.copyOf(
        new Evaluator(queries, "")
            .evaluate(fires, Map.of(), null, NOW_SECONDS * 1_000)
            .next()
            .values());
  }
}
