package io.evenkeel.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import org.junit.jupiter.api.Test;

/// The rules about changes that a trial kept: the hub's own series, told of the server they are
/// about.
class TuningRulesTest {
  private final ReadyRules rules = new ReadyRules();

  private void kept(String name, String host, double value) {
    rules.gauge(
        Labels.of(
            "__name__", name, "instance", "hub", "job", "evenkeel", "host", host, "action", "a"),
        value);
  }

  @Test
  void a_change_that_no_longer_helps_is_told_of_its_server() {
    kept("evenkeel_tuning_kept_gone", "web-1", 1);
    kept("evenkeel_tuning_kept_gone", "web-2", 0);
    assertThat(rules.firing("TuningNoLongerHelps")).containsExactly("web-1");
  }

  @Test
  void a_value_that_somebody_wrote_over_is_told_of_its_server() {
    kept("evenkeel_tuning_kept_drifted", "web-1", 0);
    kept("evenkeel_tuning_kept_drifted", "web-2", 1);
    assertThat(rules.firing("TuningOverwritten")).containsExactly("web-2");
  }
}
