package io.evenkeel.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rules about traffic, on series as the gateway writes them.
class GatewayRulesTest {
  private static final long STEP_MILLIS = 10_000;
  private static final int STEPS = 60;

  private final ReadyRules rules = new ReadyRules();

  private static Labels labels(String name, String backend, String... more) {
    return Labels.of("__name__", name, "backend", backend, "instance", "hub", "job", "evenkeel")
        .with("pool", "app")
        .with(more.length == 0 ? "pool" : more[0], more.length == 0 ? "app" : more[1]);
  }

  /// Ten minutes of a counter that grows evenly.
  private void requests(String backend, String code, double perSecond) {
    gauge(labels("evenkeel_gateway_requests_total", backend, "code", code), perSecond * 10, 0);
  }

  private void gauge(Labels labels, double growth, double start) {
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(labels);
    for (int i = 0; i <= STEPS; i++) {
      batch.addSample(series, i * STEP_MILLIS, start + growth * i);
    }
    rules.append(batch);
  }

  private void backend(String name, double expectedShare, double served, double failed) {
    requests(name, "2xx", served);
    requests(name, "5xx", failed);
    gauge(labels("evenkeel_gateway_backend_expected_share", name), 0, expectedShare);
  }

  private List<String> firing(String rule) {
    return firing(rule, STEPS * STEP_MILLIS);
  }

  private List<String> firing(String rule, long at) {
    return rules.firing(rule, at, "backend");
  }

  @Test
  void a_share_that_its_weight_does_not_ask_for_is_odd() {
    backend("a", 0.5, 70, 0);
    backend("b", 0.5, 30, 0);
    assertThat(firing("TrafficShareOdd")).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void six_hundred_of_a_thousand_at_a_weight_of_six_tenths_is_as_it_should_be() {
    backend("a", 0.6, 60, 0);
    backend("b", 0.4, 40, 0);
    assertThat(firing("TrafficShareOdd")).isEmpty();
  }

  @Test
  void a_few_requests_say_nothing_about_shares() {
    // 5 requests in the window: 4 to 1 is chance.
    backend("a", 0.5, 4 / 300.0, 0);
    backend("b", 0.5, 1 / 300.0, 0);
    assertThat(firing("TrafficShareOdd")).isEmpty();
  }

  @Test
  void where_load_decides_no_share_is_odd() {
    requests("a", "2xx", 90);
    requests("b", "2xx", 10);
    assertThat(firing("TrafficShareOdd")).isEmpty();
  }

  @Test
  void a_backend_that_fails_more_than_its_peers_is_told() {
    backend("a", 0.33, 30, 3);
    backend("b", 0.33, 33, 0.1);
    backend("c", 0.33, 33, 0.1);
    assertThat(firing("BackendErrorsAbovePeers")).containsExactly("a");
  }

  @Test
  void backends_that_fail_alike_are_no_outliers() {
    backend("a", 0.5, 30, 10);
    backend("b", 0.5, 30, 10.2);
    assertThat(firing("BackendErrorsAbovePeers")).isEmpty();
  }

  @Test
  void the_only_backend_has_no_peers_to_be_compared_with() {
    backend("a", 1, 10, 30);
    assertThat(firing("BackendErrorsAbovePeers")).isEmpty();
    assertThat(firing("TrafficShareOdd")).isEmpty();
  }

  @Test
  void a_backend_that_holds_three_times_its_peers_requests_is_told() {
    gauge(labels("evenkeel_gateway_backend_requests_in_flight", "a"), 0, 60);
    gauge(labels("evenkeel_gateway_backend_requests_in_flight", "b"), 0, 8);
    gauge(labels("evenkeel_gateway_backend_requests_in_flight", "c"), 0, 9);
    assertThat(firing("BackendLoadAbovePeers")).containsExactly("a");
  }

  @Test
  void traffic_that_jumps_up_or_down_is_told() {
    long hour = 3_600_000;
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(labels("evenkeel_gateway_requests_total", "a", "code", "2xx"));
    double count = 0;
    for (long at = 0; at <= 3 * hour; at += STEP_MILLIS) {
      double perSecond = at <= hour ? 50 : at <= 2 * hour ? 400 : 20;
      count += perSecond * 10;
      batch.addSample(series, at, count);
    }
    rules.append(batch);
    assertThat(firing("TrafficSurge", hour)).isEmpty();
    assertThat(firing("TrafficDrop", hour)).isEmpty();
    assertThat(firing("TrafficSurge", hour + 480_000)).hasSize(1);
    assertThat(firing("TrafficDrop", 2 * hour + 480_000)).hasSize(1);
    assertThat(firing("TrafficSurge", 2 * hour + 480_000)).isEmpty();
  }
}
