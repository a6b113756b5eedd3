package io.evenkeel.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import org.junit.jupiter.api.Test;

/// The rules about services that are asked from outside.
class ProbeRulesTest {
  private static final double DAY = 86_400;

  private final ReadyRules rules = new ReadyRules();

  private void gauge(String name, String instance, double value) {
    rules.gauge(Labels.of("__name__", name, "instance", instance, "job", "probe"), value);
  }

  @Test
  void a_probe_that_fails_fires_and_one_that_goes_well_does_not() {
    gauge("probe_success", "bad", 0);
    gauge("probe_success", "good", 1);
    assertThat(rules.firing("ProbeFailing")).containsExactly("bad");
  }

  @Test
  void a_certificate_that_ends_is_warned_of_and_then_critical_never_both() {
    gauge("probe_ssl_earliest_cert_expiry", "gone", ReadyRules.NOW_SECONDS - DAY);
    gauge("probe_ssl_earliest_cert_expiry", "near", ReadyRules.NOW_SECONDS + 2.9 * DAY);
    gauge("probe_ssl_earliest_cert_expiry", "soon", ReadyRules.NOW_SECONDS + 13.9 * DAY);
    gauge("probe_ssl_earliest_cert_expiry", "later", ReadyRules.NOW_SECONDS + 14.1 * DAY);
    assertThat(rules.firing("CertificateExpiresSoon")).containsExactly("soon");
    assertThat(rules.firing("CertificateExpires")).containsExactlyInAnyOrder("gone", "near");
  }
}
