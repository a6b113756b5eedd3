package io.evenkeel.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.gateway.policy.HealthWeights.Reading;
import io.evenkeel.gateway.policy.HealthWeights.Settings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class HealthWeightsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static Reading reading(String name, double weight, double utilisation, Instant at) {
    return new Reading(name, 1, weight, OptionalDouble.of(utilisation), at);
  }

  @Test
  void a_cpu_above_80_percent_shifts_its_traffic_to_the_others() {
    var loop = new HealthWeights(Settings.USUAL);
    double[] weights = {1, 1, 1};
    Instant now = START;
    List<WeightChange> all = new ArrayList<>();
    for (int step = 0; step < 20; step++) {
      now = now.plusSeconds(5);
      List<WeightChange> changes =
          loop.step(
              List.of(
                  reading("a", weights[0], 0.95, now),
                  reading("b", weights[1], 0.3, now),
                  reading("c", weights[2], 0.3, now)),
              now);
      for (WeightChange change : changes) {
        weights[change.backend().charAt(0) - 'a'] = change.to();
      }
      all.addAll(changes);
    }
    assertThat(weights[0]).isLessThan(0.4);
    assertThat(weights[1]).isGreaterThan(1);
    WeightChange first = all.getFirst();
    assertThat(first.reason()).isEqualTo(WeightChange.Reason.OVERLOADED);
    assertThat(first.sentence())
        .isEqualTo(
            "a: weight 1.00 → 0.85: its host is overloaded"
                + " (utilisation 95 %, pool's average 52 %)");
  }

  @Test
  void a_weight_moves_by_one_step_then_rests_and_never_leaves_its_bounds() {
    var loop = new HealthWeights(Settings.USUAL);
    double weight = 1;
    Instant now = START;
    Instant changed = Instant.MIN;
    for (int second = 0; second < 600; second++) {
      now = now.plusSeconds(1);
      for (WeightChange change :
          loop.step(List.of(reading("a", weight, 1.0, now), reading("b", 2, 0.1, now)), now)) {
        if (change.backend().equals("a")) {
          assertThat(change.to() / change.from()).isBetween(0.849, 1.151);
          assertThat(change.to()).isBetween(0.1, 2.0);
          assertThat(changed).isBefore(now.minusSeconds(9));
          changed = now;
          weight = change.to();
        }
      }
    }
    assertThat(weight).isBetween(0.1, 0.105);
  }

  @Test
  void a_host_without_recent_figures_goes_back_to_its_configured_weight() {
    var loop = new HealthWeights(Settings.USUAL);
    double weight = 0.3;
    Instant now = START.plusSeconds(100);
    for (int step = 0; step < 60; step++) {
      now = now.plusSeconds(11);
      for (WeightChange change :
          loop.step(
              List.of(
                  new Reading("a", 1, weight, OptionalDouble.of(0.99), START),
                  reading("b", 1, 0.2, now)),
              now)) {
        assertThat(change.backend()).isEqualTo("a");
        assertThat(change.reason()).isEqualTo(WeightChange.Reason.STALE_DATA);
        weight = change.to();
      }
    }
    assertThat(weight).isBetween(0.99, 1.0);
  }

  @Test
  void hosts_that_are_busy_alike_are_left_alone() {
    var loop = new HealthWeights(Settings.USUAL);
    Instant now = START;
    for (int step = 0; step < 30; step++) {
      now = now.plusSeconds(5);
      assertThat(loop.step(List.of(reading("a", 1, 0.91, now), reading("b", 1, 0.94, now)), now))
          .isEmpty();
    }
  }

  @Test
  void a_backend_of_weight_zero_stays_there() {
    var loop = new HealthWeights(Settings.USUAL);
    assertThat(
            loop.step(
                List.of(
                    new Reading("a", 0, 0, OptionalDouble.of(0.1), START),
                    reading("b", 1, 0.9, START)),
                START))
        .noneMatch(change -> change.backend().equals("a"));
  }
}
