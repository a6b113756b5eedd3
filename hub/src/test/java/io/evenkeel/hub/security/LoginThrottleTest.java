package io.evenkeel.hub.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
  private Instant now = Instant.parse("2026-11-23T12:00:00Z");
  private final LoginThrottle throttle = new LoginThrottle(() -> now);
  private final InetAddress here = address("192.0.2.1");
  private final InetAddress there = address("192.0.2.2");

  @Test
  void ten_failures_close_one_account_at_one_address() {
    fail("vera", here, 9);
    assertThat(throttle.wait("vera", here)).isEmpty();
    fail("vera", here, 1);
    assertThat(throttle.wait("vera", here)).contains(Duration.ofMinutes(15));
    assertThat(throttle.wait("vera", there)).as("she herself, elsewhere").isEmpty();
    assertThat(throttle.wait("otto", here)).as("her colleague").isEmpty();
  }

  @Test
  void the_wait_ends_when_the_oldest_failure_is_a_quarter_of_an_hour_old() {
    fail("vera", here, 1);
    now = now.plusSeconds(60);
    fail("vera", here, 9);
    assertThat(throttle.wait("vera", here)).contains(Duration.ofMinutes(14));
    now = now.plus(Duration.ofMinutes(14));
    assertThat(throttle.wait("vera", here)).isEmpty();
    fail("vera", here, 1);
    assertThat(throttle.wait("vera", here)).contains(Duration.ofMinutes(1));
  }

  @Test
  void a_success_forgets_the_failures() {
    fail("vera", here, 9);
    throttle.succeeded("vera", here);
    fail("vera", here, 9);
    assertThat(throttle.wait("vera", here)).isEmpty();
  }

  @Test
  void guessing_through_many_names_closes_the_address() {
    for (int i = 0; i < 50; i++) {
      fail("name" + i, here, 1);
    }
    assertThat(throttle.wait("vera", here)).isPresent();
    assertThat(throttle.wait("vera", there)).isEmpty();
  }

  @Test
  void an_ipv6_customer_counts_as_one_address() {
    for (int i = 0; i < 10; i++) {
      fail("vera", address("2001:db8:1:2::" + i), 1);
    }
    assertThat(throttle.wait("vera", address("2001:db8:1:2:ffff::1"))).isPresent();
    assertThat(throttle.wait("vera", address("2001:db8:1:3::1"))).isEmpty();
  }

  private void fail(String account, InetAddress address, int times) {
    for (int i = 0; i < times; i++) {
      throttle.failed(account, address);
    }
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
