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

  /// What a place says of a target; the hub is the place without a name.
  private void seen(String name, String instance, String probe, String from, double value) {
    Labels labels =
        Labels.of("__name__", name, "instance", instance, "job", "probe", "probe", probe);
    rules.gauge(from.isEmpty() ? labels : labels.toBuilder().set("from", from).build(), value);
  }

  @Test
  void a_service_that_fails_from_every_place_is_one_alert_that_names_them() {
    seen("probe_success", "shop", "front", "", 0);
    seen("probe_success", "shop", "front", "web-1", 0);
    seen("probe_success", "shop", "front", "web-2", 0);
    assertThat(rules.alerts("ProbeFailing"))
        .singleElement()
        .satisfies(alert -> {
          assertThat(alert.labels().toMap())
              .containsEntry("severity", "critical")
              .containsEntry("probe", "front")
              .doesNotContainKey("from");
          assertThat(alert.annotations().get("description")).contains(": the hub, web-1, web-2.");
          assertThat(alert.annotations().get("description_zh")).contains("：中心、web-1、web-2。");
        });
  }

  @Test
  void a_service_that_fails_from_one_of_three_places_is_a_warning_that_names_it() {
    seen("probe_success", "shop", "front", "", 1);
    seen("probe_success", "shop", "front", "web-1", 0);
    seen("probe_success", "shop", "front", "web-2", 1);
    assertThat(rules.firing("ProbeFailing")).isEmpty();
    assertThat(rules.alerts("ProbeFailingSomewhere"))
        .singleElement()
        .satisfies(alert -> {
          assertThat(alert.labels().toMap()).containsEntry("severity", "warning");
          assertThat(alert.annotations().get("description")).contains("1 of 3 places: web-1.");
          assertThat(alert.annotations().get("description_zh"))
              .contains("3 个来源中有 1 个")
              .contains("：web-1。");
        });
  }

  @Test
  void a_probe_with_one_place_fails_from_everywhere_or_not_at_all() {
    seen("probe_success", "shop", "front", "web-1", 0);
    assertThat(rules.firing("ProbeFailing")).containsExactly("shop");
    assertThat(rules.firing("ProbeFailingSomewhere")).isEmpty();
  }

  @Test
  void a_certificate_is_one_alert_whoever_saw_it_and_by_whichever_probe() {
    double ends = ReadyRules.NOW_SECONDS + 5 * DAY;
    seen("probe_ssl_earliest_cert_expiry", "shop", "front", "", ends);
    seen("probe_ssl_earliest_cert_expiry", "shop", "front", "web-1", ends);
    seen("probe_ssl_earliest_cert_expiry", "shop", "login", "web-1", ends);
    // Another of the servers behind the name has its new certificate already.
    seen("probe_ssl_earliest_cert_expiry", "shop", "front", "web-2", ends + 80 * DAY);
    assertThat(rules.alerts("CertificateExpiresSoon"))
        .singleElement()
        .satisfies(alert -> {
          assertThat(alert.value()).isEqualTo(5 * DAY);
          assertThat(alert.annotations().get("description")).endsWith("Seen from: the hub, web-1.");
          assertThat(alert.annotations().get("description_zh")).endsWith("发现来源：中心、web-1。");
        });
    assertThat(rules.firing("CertificateExpires")).isEmpty();
  }

  @Test
  void many_services_that_fail_at_once_all_have_their_places_named() {
    for (int i = 0; i < 50; i++) {
      seen("probe_success", "service-" + i, "p" + i, "web-1", 0);
      seen("probe_success", "service-" + i, "p" + i, "web-2", 1);
    }
    assertThat(rules.alerts("ProbeFailingSomewhere"))
        .hasSize(50)
        .allSatisfy(alert ->
            assertThat(alert.annotations().get("description")).contains("1 of 2 places: web-1."));
  }

  @Test
  void a_page_scraped_from_an_exporter_names_no_places() {
    rules.gauge(Labels.of("__name__", "probe_success", "instance", "shop", "job", "blackbox"), 0);
    assertThat(rules.alerts("ProbeFailing"))
        .singleElement()
        .satisfies(alert ->
            assertThat(alert.annotations().get("description"))
                .startsWith("Its probe has failed for a minute. What"));
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
