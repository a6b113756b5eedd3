package io.evenkeel.gateway.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void a_backend_is_out_after_three_failures_in_a_row_and_back_after_two_passes() {
    var checks = new CheckState(3, 2);
    assertThat(checks.observe("no")).isFalse();
    assertThat(checks.observe("no")).isFalse();
    assertThat(checks.observe("")).isFalse();
    assertThat(checks.observe("no")).isFalse();
    assertThat(checks.observe("no")).isFalse();
    assertThat(checks.isUp()).isTrue();
    assertThat(checks.observe("refused")).isTrue();
    assertThat(checks.isUp()).isFalse();
    assertThat(checks.lastFailure()).isEqualTo("refused");
    assertThat(checks.observe("")).isFalse();
    assertThat(checks.observe("")).isTrue();
    assertThat(checks.isUp()).isTrue();
  }

  @Test
  void the_wilson_interval_of_one_failure_in_ten_is_that_of_the_textbook() {
    Wilson interval = Wilson.of(1, 10, 1.96);
    assertThat(interval.lower()).isCloseTo(0.0179, within(0.0001));
    assertThat(interval.upper()).isCloseTo(0.4042, within(0.0001));
    assertThat(Wilson.of(0, 0, 1.96)).isEqualTo(new Wilson(0, 1));
  }

  @Test
  void the_backend_that_fails_more_than_its_peers_is_the_outlier_even_at_small_volume() {
    assertThat(
            PeerComparison.outlier(
                List.of(window(100, 0), window(100, 20), window(100, 0), window(100, 1))))
        .isEqualTo(1);
    assertThat(PeerComparison.outlier(List.of(window(12, 8), window(12, 0)))).isZero();
  }

  @Test
  void nobody_is_an_outlier_when_all_fail_alike_or_little_is_known() {
    assertThat(PeerComparison.outlier(List.of(window(100, 30), window(100, 28), window(100, 33))))
        .isNegative();
    assertThat(PeerComparison.outlier(List.of(window(2, 1), window(2, 0)))).isNegative();
    assertThat(PeerComparison.outlier(List.of(window(100, 100)))).isNegative();
  }

  private static CircuitBreaker.Window window(long requests, long failures) {
    return new CircuitBreaker.Window(requests, failures);
  }

  @Test
  void slow_start_gives_a_tenth_at_first_and_all_at_the_end() {
    assertThat(SlowStart.factor(0, 10 * SECOND, 1)).isEqualTo(0.1);
    assertThat(SlowStart.factor(5 * SECOND, 10 * SECOND, 1)).isEqualTo(0.5);
    assertThat(SlowStart.factor(4 * SECOND, 16 * SECOND, 2)).isEqualTo(0.5);
    assertThat(SlowStart.factor(10 * SECOND, 10 * SECOND, 1)).isEqualTo(1);
    assertThat(SlowStart.factor(0, 0, 1)).isEqualTo(1);
  }

  @Test
  void a_circuit_asks_to_open_after_five_failures_and_lets_one_request_try_it_later() {
    var circuit = new CircuitBreaker();
    for (int i = 0; i < 4; i++) {
      assertThat(circuit.observe(true, 0)).isFalse();
    }
    assertThat(circuit.observe(true, 0)).isTrue();
    circuit.open(0);
    assertThat(circuit.admits()).isFalse();
    assertThat(circuit.tick(29 * SECOND)).isFalse();
    assertThat(circuit.tick(30 * SECOND)).isTrue();
    assertThat(circuit.admits()).isTrue();
    circuit.begin();
    assertThat(circuit.admits()).isFalse();
    circuit.observe(true, 31 * SECOND);
    assertThat(circuit.state()).isEqualTo(CircuitBreaker.State.OPEN);
    assertThat(circuit.tick(80 * SECOND)).isFalse();
    assertThat(circuit.tick(91 * SECOND)).isTrue();
    circuit.begin();
    circuit.observe(false, 92 * SECOND);
    assertThat(circuit.state()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void a_circuit_stays_open_for_five_minutes_at_most() {
    var circuit = new CircuitBreaker();
    for (int i = 0; i < 40; i++) {
      circuit.open(0);
    }
    assertThat(circuit.tick(299 * SECOND)).isFalse();
    assertThat(circuit.tick(300 * SECOND)).isTrue();
  }

  @Test
  void retries_end_with_their_budget_and_come_back_with_time() {
    var budget = new RetryBudget();
    for (int i = 0; i < 1000; i++) {
      budget.request(SECOND);
    }
    int taken = 0;
    while (budget.tryTake(2 * SECOND)) {
      taken++;
    }
    assertThat(taken).isEqualTo(300);
    assertThat(budget.tryTake(5 * SECOND)).isFalse();
    assertThat(budget.tryTake(20 * SECOND)).isTrue();
  }

  @Test
  void a_bucket_allows_its_burst_then_its_rate_for_each_client_alone() {
    var limiter = new RateLimiter(10, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(limiter.take("a", 0)).isZero();
    }
    assertThat(limiter.take("a", 0)).isEqualTo(SECOND / 10);
    assertThat(limiter.take("b", 0)).isZero();
    assertThat(limiter.take("a", SECOND / 10)).isZero();
    assertThat(limiter.take("a", SECOND / 10)).isPositive();
  }
}
