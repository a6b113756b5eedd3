package io.evenkeel.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

/// The rules about services that are asked from outside.
class ProbeRulesTest {
  private static final long NOW_SECONDS = 1_800_000_000;
  private static final double DAY = 86_400;

  private final MemoryStore samples = new MemoryStore();
  private final QueryEngine queries = new QueryEngine(samples, QueryLimits.DEFAULT);

  private void gauge(String name, String instance, double value) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(
        batch.addSeries(Labels.of("__name__", name, "instance", instance, "job", "probe")),
        NOW_SECONDS * 1_000,
        value);
    samples.append(batch);
  }

  private List<String> firing(String rule) {
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
        (Value.InstantVector)
            queries.query(QueryRequest.instant(expression, NOW_SECONDS * 1_000)).value();
    return vector.samples().stream().map(one -> one.labels().valueOrEmpty("instance")).toList();
  }

  @Test
  void a_probe_that_fails_fires_and_one_that_goes_well_does_not() {
    gauge("probe_success", "bad", 0);
    gauge("probe_success", "good", 1);
    assertThat(firing("ProbeFailing")).containsExactly("bad");
  }

  @Test
  void a_certificate_that_ends_is_warned_of_and_then_critical_never_both() {
    gauge("probe_ssl_earliest_cert_expiry", "gone", NOW_SECONDS - DAY);
    gauge("probe_ssl_earliest_cert_expiry", "near", NOW_SECONDS + 2.9 * DAY);
    gauge("probe_ssl_earliest_cert_expiry", "soon", NOW_SECONDS + 13.9 * DAY);
    gauge("probe_ssl_earliest_cert_expiry", "later", NOW_SECONDS + 14.1 * DAY);
    assertThat(firing("CertificateExpiresSoon")).containsExactly("soon");
    assertThat(firing("CertificateExpires")).containsExactlyInAnyOrder("gone", "near");
  }
}
