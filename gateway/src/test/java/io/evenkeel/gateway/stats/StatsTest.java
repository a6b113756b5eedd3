package io.evenkeel.gateway.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatsTest {
  @Test
  void six_hundred_of_a_thousand_requests_are_a_share_of_0_6() {
    assertThat(TrafficShare.of(600, 1000)).isEqualTo(0.6);
    assertThat(TrafficShare.of(0, 0)).isNaN();
  }

  @Test
  void a_share_is_odd_only_when_chance_does_not_explain_it() {
    assertThat(TrafficShare.isOdd(600, 1000, 0.5)).isFalse();
    assertThat(TrafficShare.isOdd(650, 1000, 0.5)).isTrue();
    assertThat(TrafficShare.isOdd(7, 10, 0.5)).isFalse();
    assertThat(TrafficShare.deviation(600, 1000, 0.5)).isCloseTo(6.32, within(0.01));
  }

  @Test
  void quantiles_are_within_an_eighth() {
    var histogram = new LatencyHistogram();
    Random random = new Random(3);
    double[] values = new double[20_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.exp(random.nextGaussian() * 2 - 7);
      histogram.record((long) (values[i] * 1e9));
    }
    java.util.Arrays.sort(values);
    var snapshot = histogram.snapshot();
    for (double q : new double[] {0.01, 0.5, 0.9, 0.99, 0.999}) {
      double exact = values[(int) Math.ceil(q * values.length) - 1];
      assertThat(snapshot.quantileSeconds(q)).isBetween(exact * 0.99, exact * 1.14 + 2e-6);
    }
    assertThat(snapshot.count()).isEqualTo(20_000);
  }

  @Test
  void counts_answers_by_class_and_failures_apart() {
    var traffic = new BackendTraffic();
    traffic.answered(200, 1_000_000);
    traffic.answered(304, 1_000_000);
    traffic.answered(404, 1_000_000);
    traffic.answered(503, 1_000_000);
    traffic.failed();
    traffic.sent(10);
    var counts = traffic.counts();
    assertThat(counts.requests()).isEqualTo(5);
    assertThat(counts.successful()).isEqualTo(1);
    assertThat(counts.redirections()).isEqualTo(1);
    assertThat(counts.clientErrors()).isEqualTo(1);
    assertThat(counts.serverErrors()).isEqualTo(1);
    assertThat(counts.failures()).isEqualTo(1);
    assertThat(counts.bytesOut()).isEqualTo(10);
  }

  @Test
  void a_line_of_the_access_log_is_json_whatever_the_client_wrote() {
    var out = new StringBuilder();
    AccessLog.append(
        out,
        new AccessLog.Entry(
            Instant.EPOCH,
            "::1",
            "GET",
            "h",
            "/\"\\\u001b[31m\n",
            "HTTP/1.1",
            200,
            1,
            2,
            0.0015,
            "r",
            "b",
            1,
            "\u4e2d"));
    assertThat(out)
        .hasToString(
            "{\"time\":\"1970-01-01T00:00:00Z\",\"client\":\"::1\",\"method\":\"GET\",\"host\":\"h\",\"target\":\"/\\\"\\\\\\u001b[31m\\u000a\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytesIn\":1,\"bytesOut\":2,\"seconds\":0.0015,\"route\":\"r\",\"backend\":\"b\",\"attempts\":1,\"userAgent\":\"\\u4e2d\"}\n");
  }
}
