package io.evenkeel.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.PoolConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Another configuration while requests come in.
class ReloadTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static ListenerConfig listener(String name, int port, boolean proxyProtocol) {
    return new ListenerConfig(
        name, new InetSocketAddress("127.0.0.1", port), Optional.empty(), proxyProtocol, List.of());
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void a_configuration_with_one_port_that_is_taken_changes_nothing(@TempDir Path folder)
      throws Exception {
    int port = freePort();
    try (RecordingBackend backend = new RecordingBackend(RecordingBackend.text("ok"));
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestGateway gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                config -> TestGateway.withListeners(config, listener("main", port, false)))) {
      GatewayConfig before = gateway.gateway.config();
      GatewayConfig next =
          new GatewayConfig(
              // The first only changes hands, the second cannot be had.
              List.of(listener("main", port, true), listener("other", taken.getLocalPort(), false)),
              before.routes(),
              List.of(
                  before
                      .pools()
                      .getFirst()
                      .withHealth(PoolConfig.Health.USUAL.withSlowStart(Duration.ZERO))),
              before.limits(),
              Optional.of(folder.resolve("access.json")),
              Optional.of(freePort()),
              before.leaving(),
              before.workers(),
              before.io());

      assertThatThrownBy(() -> gateway.gateway.apply(next))
          .hasMessageContaining("cannot listen on")
          .hasMessageContaining(String.valueOf(taken.getLocalPort()));

      assertThat(gateway.gateway.config()).isEqualTo(before);
      try (RawClient client = gateway.client()) {
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
      }
      int admin = next.adminPort().orElseThrow();
      // Nothing of the refused configuration stayed open.
      new ServerSocket(admin, 1, InetAddress.getLoopbackAddress()).close();
      assertThat(folder.resolve("access.json")).isEmptyFile();
    }
  }

  @Test
  void no_request_fails_while_weights_policies_and_backends_change() throws Exception {
    try (RecordingBackend first = new RecordingBackend(RecordingBackend.text("ok"));
        RecordingBackend second = new RecordingBackend(RecordingBackend.text("ok"));
        TestGateway gateway = TestGateway.of(TestGateway.pool("least-requests", first, second));
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger answered = new AtomicInteger();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        running.add(
            clients.submit(() -> {
              try (RawClient client = gateway.client()) {
                while (!over.get()) {
                  assertThat(client.send(GET).answer().status()).isEqualTo(200);
                  answered.incrementAndGet();
                }
              }
              return null;
            }));
      }
      try {
        List<String> policies = List.of("round-robin", "hot-cold", "weighted-round-robin");
        for (int i = 0; i < 60; i++) {
          int seen = answered.get();
          PoolConfig pool = TestGateway.pool(policies.get(i % policies.size()), first, second);
          List<BackendConfig> backends = new ArrayList<>();
          for (BackendConfig one : pool.backends()) {
            backends.add(new BackendConfig(one.name(), one.address(), 1 + i % 4, Optional.empty()));
          }
          if (i % 3 < 2) {
            backends.remove(i % 3);
          }
          gateway.gateway.apply(
              gateway.gateway.config().withPools(List.of(pool.withBackends(backends))));
          // Each configuration serves some requests before the next comes.
          while (answered.get() < seen + 4 && running.stream().noneMatch(Future::isDone)) {
            Thread.sleep(1);
          }
        }
      } finally {
        over.set(true);
      }
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(answered.get()).isGreaterThanOrEqualTo(240);
    }
  }
}
