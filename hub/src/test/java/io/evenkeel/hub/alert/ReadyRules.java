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
import java.util.List;

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
    String expression =
        RuleFile.parse(RulePack.load().rules()).groups().stream()
            .flatMap(group -> group.rules().stream())
            .filter(AlertingRule.class::isInstance)
            .map(AlertingRule.class::cast)
            .filter(one -> one.name().equals(rule))
            .findFirst()
            .orElseThrow()
            .expression();
    Value.InstantVector vector =
        (Value.InstantVector) queries.query(QueryRequest.instant(expression, atMillis)).value();
    return vector.samples().stream().map(one -> one.labels().valueOrEmpty(label)).toList();
  }
}
