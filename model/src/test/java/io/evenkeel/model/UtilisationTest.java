package io.evenkeel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class UtilisationTest {
  @Test
  void of_a_processor_that_worked_700_of_1000_seconds_is_seven_tenths() {
    assertThat(Utilisation.cpu(700, 1_000)).hasValue(0.7);
  }

  @Test
  void of_seven_tenths_raises_no_alert_against_a_threshold_of_eight_tenths() {
    assertThat(Utilisation.alert(0.7, 0.8)).isZero();
    assertThat(Utilisation.alert(0.8, 0.8)).isZero();
    assertThat(Utilisation.alert(0.81, 0.8)).isOne();
  }

  @Test
  void of_seven_tenths_on_two_cores_is_a_demand_of_1_4_cores() {
    assertThat(Utilisation.demandCores(0.7, 2)).isEqualTo(1.4);
  }

  @Test
  void of_a_backend_with_600_of_1000_requests_is_six_tenths() {
    assertThat(Utilisation.requestShare(600, 1_000)).hasValue(0.6);
  }

  @Test
  void of_memory_counts_what_is_not_available() {
    assertThat(Utilisation.memoryUsedBytes(16e9, 12e9)).hasValue(4e9);
    assertThat(Utilisation.memory(16e9, 12e9)).hasValue(0.25);
  }

  @Test
  void of_a_network_is_the_sum_over_its_interfaces() {
    assertThat(Utilisation.networkTraffic(1.5, 2.5, 3).getAsDouble()).isEqualTo(7, within(1e-12));
  }

  @Test
  void of_nothing_is_unknown_and_not_zero() {
    assertThat(Utilisation.cpu(0, 0)).isEmpty();
    assertThat(Utilisation.cpu(Double.NaN, 100)).isEmpty();
    assertThat(Utilisation.memory(0, 0)).isEmpty();
    assertThat(Utilisation.memory(4e9, 5e9)).isEmpty();
    assertThat(Utilisation.requestShare(0, 0)).isEmpty();
    assertThat(Utilisation.networkTraffic()).isEqualTo(OptionalDouble.empty());
  }
}
