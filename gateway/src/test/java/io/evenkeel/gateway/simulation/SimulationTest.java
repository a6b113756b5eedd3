package io.evenkeel.gateway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.gateway.event.GatewayEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the policies do to a pool, by simulation with the real policy code.
class SimulationTest {
  @ParameterizedTest
  @ValueSource(strings = {"round-robin", "least-requests", "hot-cold", "peak-ewma"})
  void the_same_seed_gives_the_same_run(String policy) {
    double[] first = new double[2];
    for (int run = 0; run < 2; run++) {
      Simulation simulation = new Simulation(42, policy, Simulation.equal(4));
      simulation.run(0.7 * simulation.capacity(), 5);
      first[run] = simulation.quantile(0.99, 0, 5) + simulation.arrivals();
    }
    assertThat(first[0]).isEqualTo(first[1]);
  }

  @ParameterizedTest
  @CsvSource({
    "hot-cold,4,4",
    "hot-cold,4,10",
    "hot-cold,4,16",
    "hot-cold,10,10",
    "peak-ewma,4,10",
    "least-requests,4,10"
  })
  void one_slow_backend_costs_less_than_half_the_tail_of_round_robin(
      String policy, int backends, double slowness) {
    double[] tail = new double[2];
    long[] answered = new long[2];
    String[] policies = {policy, "round-robin"};
    for (int i = 0; i < 2; i++) {
      Simulation simulation = new Simulation(7, policies[i], Simulation.equal(backends));
      simulation.server(0).slow(slowness);
      simulation.run(0.5 * simulation.capacity(), 20);
      tail[i] = simulation.quantile(0.99, 5, 20);
      answered[i] = simulation.answered(5, 20);
    }
    assertThat(tail[0]).isLessThanOrEqualTo(0.5 * tail[1]);
    assertThat(answered[0]).isGreaterThanOrEqualTo((long) (0.99 * answered[1]));
  }

  @ParameterizedTest
  @CsvSource({
    "least-requests,2,0.5",
    "least-requests,10,0.8",
    "least-requests,100,0.8",
    "hot-cold,2,0.5",
    "hot-cold,10,0.8",
    "peak-ewma,2,0.5",
    "peak-ewma,10,0.8",
    "peak-ewma,100,0.8"
  })
  void equal_backends_get_equal_shares(String policy, int backends, double load) {
    Simulation simulation = new Simulation(3, policy, Simulation.equal(backends));
    double until = backends > 50 ? 5 : 20;
    simulation.run(load * simulation.capacity(), until);
    for (int i = 0; i < backends; i++) {
      assertThat((double) simulation.served(i) / simulation.arrivals() * backends)
          .as("share of backend %d", i)
          .isCloseTo(1, within(0.35));
    }
  }

  @Test
  void weights_are_met_within_a_percent() {
    Simulation simulation = new Simulation(5, "weighted-round-robin", 3, 1, 1);
    simulation.run(0.3 * simulation.capacity(), 20);
    assertThat((double) simulation.served(0) / simulation.arrivals()).isCloseTo(0.6, within(0.01));
  }

  @ParameterizedTest
  @ValueSource(strings = {"least-requests", "hot-cold", "peak-ewma"})
  void overload_loses_no_throughput(String policy) {
    Simulation simulation = new Simulation(9, policy, Simulation.equal(4));
    simulation.run(1.2 * simulation.capacity(), 20);
    assertThat(simulation.answered(5, 20) / 15.0).isGreaterThan(0.97 * simulation.capacity());
  }

  @ParameterizedTest
  @ValueSource(strings = {"least-requests", "hot-cold", "peak-ewma", "round-robin"})
  void a_backend_that_fails_fast_does_not_become_a_sink(String policy) {
    Simulation simulation = new Simulation(13, policy, Simulation.equal(4));
    simulation.server(2).fail(1);
    simulation.run(0.5 * simulation.capacity(), 20);
    assertThat(simulation.events()).anyMatch(e -> e instanceof GatewayEvent.Ejected);
    double failed = (double) simulation.failed(1, 20) / simulation.answered(1, 20);
    assertThat(failed).isLessThan(0.002);
  }

  @Test
  void a_slow_backend_sheds_within_seconds_and_recovers_when_it_is_fast_again() {
    Simulation simulation = new Simulation(17, "hot-cold", Simulation.equal(4));
    simulation.at(10, () -> simulation.server(1).slow(10));
    simulation.at(20, () -> simulation.server(1).slow(1));
    List<Long> served = new ArrayList<>();
    for (double t = 1; t <= 40; t++) {
      simulation.at(t, () -> served.add(simulation.served(1)));
    }
    simulation.run(0.5 * simulation.capacity(), 41);
    double fair = 0.5 * simulation.capacity() / 4;
    double during = (served.get(18) - served.get(13)) / 5.0;
    double after = (served.get(39) - served.get(34)) / 5.0;
    assertThat(during).as("requests a second while slow").isLessThan(0.35 * fair);
    assertThat(after).as("requests a second after").isGreaterThan(0.25 * fair);
  }

  @ParameterizedTest
  @CsvSource({"0", "5", "15", "25"})
  void weights_that_follow_health_level_the_load_without_swinging(double stale) {
    Simulation simulation = new Simulation(21, "weighted-round-robin", Simulation.equal(4));
    simulation.server(0).slow(1.8);
    List<Double> weights = new ArrayList<>();
    simulation.followHealth(
        600,
        stale,
        (change, at) -> {
          if (change.backend().equals("b0")) {
            weights.add(change.to());
          }
        });
    simulation.run(0.5 * simulation.capacity(), 600);
    assertThat(weights).isNotEmpty();
    assertThat(weights.getFirst()).as("the first step takes load off").isLessThan(1);
    int turns = 0;
    for (int i = 2; i < weights.size(); i++) {
      boolean up = weights.get(i) > weights.get(i - 1);
      turns += up != weights.get(i - 1) > weights.get(i - 2) ? 1 : 0;
    }
    assertThat(turns).as("changes of direction in ten minutes").isLessThanOrEqualTo(12);
    double share =
        simulation.pool().members().get(0).steadyWeight()
            / simulation.pool().members().stream().mapToDouble(b -> b.steadyWeight()).sum();
    // Level utilisation means shares in proportion to speed: (1/1.8) / (3 + 1/1.8) = 0.156.
    assertThat(share).isCloseTo(0.156, within(0.06));
  }

  @Test
  void figures_that_are_too_old_change_nothing() {
    Simulation simulation = new Simulation(23, "weighted-round-robin", Simulation.equal(3));
    simulation.server(0).slow(1.8);
    List<Double> weights = new ArrayList<>();
    simulation.followHealth(120, 31, (change, _) -> weights.add(change.to()));
    simulation.run(0.4 * simulation.capacity(), 120);
    assertThat(weights).isEmpty();
  }
}
