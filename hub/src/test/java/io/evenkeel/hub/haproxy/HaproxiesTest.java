package io.evenkeel.hub.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.haproxy.HaproxySettings.Instance;
import io.evenkeel.hub.haproxy.HaproxySettings.SteerBy;
import io.evenkeel.hub.haproxy.HaproxySettings.SteeredBackend;
import io.evenkeel.hub.security.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With Debian's HAProxy: what it counts is read, and what it is told changes where real requests
/// go.
class HaproxiesTest {
  private static final String POOL = "edge:app";
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static HaproxySettings settings(RealHaproxy real, SteerBy by, int agentPort) {
    return new HaproxySettings(
        agentPort == 0
            ? Optional.empty()
            : Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), agentPort)),
        List.of(
            new Instance(
                "edge",
                UnixDomainSocketAddress.of(real.socket()),
                by,
                List.of(new SteeredBackend("app", true, Map.of("web1", "host-a"))))));
  }

  private static void awaitReached(Haproxies haproxies) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          haproxies.look();
          assertThat(haproxies.states()).hasSize(1);
        });
  }

  private static PoolState pool(Haproxies haproxies) {
    haproxies.look();
    return haproxies.states().getFirst();
  }

  private static WeightChange change(String server, double to, WeightChange.Reason reason) {
    return new WeightChange(
        server, 0, to, reason, OptionalDouble.of(0.9), OptionalDouble.of(0.5), Instant.EPOCH);
  }

  @Test
  void what_it_counts_is_told_like_a_pool_of_our_own() throws Exception {
    try (RealHaproxy real = new RealHaproxy(folder, "weight 100", "weight 50");
        Haproxies haproxies = new Haproxies(settings(real, SteerBy.RUNTIME, 0))) {
      awaitReached(haproxies);
      real.ask(30);

      // HAProxy counts an answer after it was sent.
      PoolState pool =
          await()
              .atMost(LONG)
              .until(
                  () -> pool(haproxies),
                  read ->
                      read.backends().stream()
                              .mapToLong(backend -> backend.traffic().successful())
                              .sum()
                          == 30);

      assertThat(pool.name()).isEqualTo(POOL);
      assertThat(pool.policy()).isEqualTo("roundrobin");
      PoolState.BackendState first = pool.backends().getFirst();
      assertThat(first.name()).isEqualTo("web1");
      assertThat(first.host()).isEqualTo("host-a");
      assertThat(first.configuredWeight()).isEqualTo(100);
      assertThat(first.traffic().successful()).isEqualTo(20);
      assertThat(first.share()).isEqualTo(2 / 3.0);
      assertThat(first.expectedShare()).isEqualTo(2 / 3.0);
      assertThat(first.traffic().latency().isKnown()).isFalse();
      assertThat(haproxies.engines().getFirst().version()).matches("\\d+\\.\\d+.*");
      assertThat(haproxies.engines().getFirst().problems()).isEmpty();
      assertThat(haproxies.followsHealth(POOL)).isTrue();
    }
  }

  @Test
  void a_weight_and_a_drain_change_where_requests_go() throws Exception {
    try (RealHaproxy real = new RealHaproxy(folder, "weight 100", "weight 100");
        Haproxies haproxies = new Haproxies(settings(real, SteerBy.RUNTIME, 0))) {
      awaitReached(haproxies);

      Outcome<Optional<WeightChange>> made =
          haproxies.weigh(POOL, change("web1", 24.6, WeightChange.Reason.OVERLOADED));
      assertThat(made)
          .isEqualTo(
              Outcome.done(
                  Optional.of(
                      new WeightChange(
                          "web1",
                          100,
                          25,
                          WeightChange.Reason.OVERLOADED,
                          OptionalDouble.of(0.9),
                          OptionalDouble.of(0.5),
                          Instant.EPOCH))));
      real.takeServed();
      real.ask(50);
      assertThat(real.takeServed()).containsExactly(10, 40);

      assertThat(haproxies.drain(POOL, "web2", true)).isInstanceOf(Outcome.Done.class);
      assertThat(pool(haproxies).backends().get(1).draining()).isTrue();
      real.ask(10);
      assertThat(real.takeServed()).containsExactly(10, 0);

      assertThat(haproxies.drain(POOL, "web2", false)).isInstanceOf(Outcome.Done.class);
      assertThat(pool(haproxies).backends().get(1).draining()).isFalse();
      assertThat(haproxies.drain(POOL, "web9", true)).isInstanceOf(Outcome.Refused.class);
    }
  }

  @Test
  void what_people_set_is_given_again_to_a_process_that_starts_anew() throws Exception {
    try (RealHaproxy real = new RealHaproxy(folder, "weight 100", "weight 100");
        Haproxies haproxies = new Haproxies(settings(real, SteerBy.RUNTIME, 0))) {
      awaitReached(haproxies);
      haproxies.weigh(POOL, change("web1", 30, WeightChange.Reason.SET_BY_HAND));
      haproxies.drain(POOL, "web2", true);

      real.restart();

      await()
          .atMost(LONG)
          .untilAsserted(() -> {
            haproxies.look();
            assertThat(haproxies.states()).hasSize(1);
            assertThat(pool(haproxies).backends().get(0).steadyWeight()).isEqualTo(30);
            assertThat(pool(haproxies).backends().get(1).draining()).isTrue();
          });
    }
  }

  @Test
  void its_agent_checks_bring_weights_and_drains_from_one_port() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String agent =
        "weight 100 check agent-check agent-inter 100ms agent-addr 127.0.0.1 agent-port %d agent-send \"edge/app/%s\\n\"";
    try (RealHaproxy real =
            new RealHaproxy(folder, agent.formatted(port, "web1"), agent.formatted(port, "web2"));
        Haproxies haproxies = new Haproxies(settings(real, SteerBy.AGENT, port))) {
      haproxies.start();
      awaitReached(haproxies);

      haproxies.weigh(POOL, change("web1", 40, WeightChange.Reason.OVERLOADED));
      haproxies.drain(POOL, "web2", true);

      await()
          .atMost(LONG)
          .untilAsserted(() -> {
            PoolState pool = pool(haproxies);
            assertThat(pool.backends().get(0).steadyWeight()).isEqualTo(40);
            assertThat(pool.backends().get(1).draining()).isTrue();
          });

      haproxies.drain(POOL, "web2", false);
      await()
          .atMost(LONG)
          .untilAsserted(() -> assertThat(pool(haproxies).backends().get(1).draining()).isFalse());
      assertThat(answer(port, "edge/app/web1")).isEqualTo("40%\n");
      assertThat(answer(port, "edge/app/web2")).isEqualTo("up\n");
      assertThat(answer(port, "edge/app/nobody")).isEmpty();
      assertThat(answer(port, "x".repeat(2000))).isEmpty();
    }
  }

  private static String answer(int port, String question) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((question + "\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (java.net.SocketException e) {
      // Closed with bytes unread: a reset, which is no answer either.
      return "";
    }
  }

  @Test
  void a_weight_too_coarse_to_follow_health_is_told() throws Exception {
    try (RealHaproxy real = new RealHaproxy(folder, "", "");
        Haproxies haproxies = new Haproxies(settings(real, SteerBy.RUNTIME, 0))) {
      awaitReached(haproxies);

      assertThat(haproxies.engines().getFirst().problems())
          .singleElement()
          .asString()
          .contains("server 'web1' has weight 1")
          .contains("weight 100");
    }
  }

  @Test
  void a_process_that_is_not_there_is_told_and_has_no_pools() {
    Instance gone =
        new Instance(
            "edge",
            UnixDomainSocketAddress.of(folder.resolve("gone.sock")),
            SteerBy.RUNTIME,
            List.of());
    try (Haproxies haproxies =
        new Haproxies(new HaproxySettings(Optional.empty(), List.of(gone)))) {
      haproxies.look();

      assertThat(haproxies.states()).isEmpty();
      assertThat(haproxies.engines().getFirst().isReached()).isFalse();
      assertThat(haproxies.engines().getFirst().problems())
          .singleElement()
          .asString()
          .contains("gone.sock");
    }
  }
}
