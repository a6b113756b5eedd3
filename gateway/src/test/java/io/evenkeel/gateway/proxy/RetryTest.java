package io.evenkeel.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.HealthCheck;
import io.evenkeel.gateway.config.PoolConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RetryTest {
  private static final RecordingBackend.Script RESET =
      (_, _, socket) -> {
        socket.setSoLinger(true, 0);
        return false;
      };

  private static String request(String method, String body) {
    return method
        + " / HTTP/1.1\r\nHost: a\r\n"
        + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
        + "\r\n"
        + body;
  }

  @Test
  void an_idempotent_request_that_was_reset_is_answered_by_another_backend_body_included()
      throws IOException {
    try (var bad = new RecordingBackend(RESET);
        var good = new RecordingBackend(RecordingBackend.text("good"));
        var gateway = TestGateway.of(TestGateway.pool("round-robin", bad, good));
        var client = gateway.client()) {
      for (int i = 0; i < 4; i++) {
        var answer = client.ask(request("PUT", "body" + i));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("good");
      }
      assertThat(bad.received).isNotEmpty();
      assertThat(good.received)
          .extracting(RecordingBackend.Received::body)
          .containsExactly("body0", "body1", "body2", "body3");
    }
  }

  @Test
  void a_request_that_must_not_be_repeated_is_sent_once() throws IOException {
    try (var bad = new RecordingBackend(RESET);
        var other = new RecordingBackend(RESET);
        var gateway = TestGateway.of(TestGateway.pool("round-robin", bad, other));
        var client = gateway.client()) {
      assertThat(client.ask(request("POST", "x")).status()).isEqualTo(502);
      assertThat(bad.received.size() + other.received.size()).isEqualTo(1);
    }
  }

  @Test
  void a_request_that_could_not_be_sent_is_sent_elsewhere_whatever_its_method() throws IOException {
    // A port that is held and not listened at: nobody else can take it.
    try (var held = new Socket();
        var good = new RecordingBackend(RecordingBackend.text("good"))) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int refused = held.getLocalPort();
      var pool =
          PoolConfig.of(
              "app",
              "round-robin",
              List.of(
                  BackendConfig.of("gone", "127.0.0.1", refused),
                  BackendConfig.of("good", "127.0.0.1", good.port())));
      try (var gateway = TestGateway.of(pool);
          var client = gateway.client()) {
        for (int i = 0; i < 20; i++) {
          assertThat(client.ask(request("POST", "x")).status()).isEqualTo(200);
        }
        assertThat(good.received).hasSize(20);
        assertThat(gateway.events.toString()).contains("it cannot be connected to");
      }
    }
  }

  @Test
  void an_answer_that_began_is_never_asked_for_again() throws IOException {
    try (var bad =
            new RecordingBackend((_, out, _) -> {
              RecordingBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
              return false;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", bad, bad));
        var client = gateway.client()) {
      client.send(request("GET", ""));
      assertThat(client.isClosed()).isTrue();
      assertThat(bad.received).hasSize(1);
    }
  }

  @Test
  void a_backend_that_never_answers_costs_its_time_and_then_504() throws IOException {
    var timeouts =
        new PoolConfig.Timeouts(
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofSeconds(4));
    var release = new CountDownLatch(1);
    try (var hole =
            new RecordingBackend((_, _, _) -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return false;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", hole).withTimeouts(timeouts));
        var client = gateway.client()) {
      try {
        assertThat(client.ask(request("POST", "x")).status()).isEqualTo(504);
        // The gateway may give up before the backend's thread has read what it was sent.
        await().atMost(Duration.ofSeconds(60)).until(() -> !hole.received.isEmpty());
        assertThat(hole.received).hasSize(1);
      } finally {
        release.countDown();
      }
    }
  }

  @Test
  void listed_statuses_send_an_idempotent_request_elsewhere() throws IOException {
    try (var busy =
            new RecordingBackend((_, out, _) -> {
              RecordingBackend.write(
                  out, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
              return true;
            });
        var good = new RecordingBackend(RecordingBackend.text("good"))) {
      var base = TestGateway.pool("round-robin", busy, good);
      var pool =
          base.withHealth(new PoolConfig.Health(Optional.empty(), false, Duration.ZERO))
              .withRetry(new PoolConfig.Retry(3, Set.of(503), 1024));
      try (var gateway = TestGateway.of(pool);
          var client = gateway.client()) {
        for (int i = 0; i < 6; i++) {
          assertThat(client.ask(request("GET", "")).status()).isEqualTo(200);
        }
        List<Integer> posts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          posts.add(client.ask(request("POST", "x")).status());
        }
        assertThat(posts).contains(200, 503);
      }
    }
  }

  @Test
  void a_connection_that_the_backend_closed_while_idle_does_not_fail_a_request() throws Exception {
    var sockets = new CopyOnWriteArrayList<Socket>();
    try (var backend =
            new RecordingBackend((request, out, socket) -> {
              sockets.add(socket);
              return RecordingBackend.text("x").answer(request, out, socket);
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.ask(request("GET", "")).status()).isEqualTo(200);
        sockets.getLast().close();
      }
    }
  }

  @Test
  void a_backend_that_dies_under_load_fails_no_idempotent_request_and_gauges_return_to_zero()
      throws Exception {
    try (var one = new RecordingBackend(RecordingBackend.text("one"));
        var two = new RecordingBackend(RecordingBackend.text("two"));
        var three = new RecordingBackend(RecordingBackend.text("three"));
        var gateway = TestGateway.of(TestGateway.pool("least-requests", one, two, three))) {
      var failed = new AtomicInteger();
      var done = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (var client = gateway.client()) {
                    for (int i = 0; i < 200; i++) {
                      if (client.ask(request("GET", "")).status() != 200) {
                        failed.incrementAndGet();
                      }
                      done.incrementAndGet();
                    }
                  } catch (IOException e) {
                    failed.addAndGet(1000);
                  }
                }));
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> done.get() > 200);
      two.kill();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failed).hasValue(0);
      await().atMost(Duration.ofSeconds(60)).until(() -> gateway.gateway.inFlight() == 0);
      assertThat(gateway.gateway.pools().getFirst().backends())
          .allMatch(backend -> backend.inFlight() == 0);
    }
  }

  @Test
  void active_checks_take_a_sick_backend_out_and_bring_it_back() throws Exception {
    var sick = new AtomicBoolean();
    RecordingBackend.Script script =
        (request, out, socket) -> {
          if (sick.get()) {
            RecordingBackend.write(out, "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
            return true;
          }
          return RecordingBackend.text("x").answer(request, out, socket);
        };
    var check =
        new HealthCheck(
            new HealthCheck.Kind.Http("/health"),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            3,
            2);
    try (var flaky = new RecordingBackend(script);
        var good = new RecordingBackend(RecordingBackend.text("good"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", flaky, good)
                    .withHealth(new PoolConfig.Health(Optional.of(check), true, Duration.ZERO)));
        var client = gateway.client()) {
      sick.set(true);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !gateway.gateway.pools().getFirst().backends().getFirst().checksPass());
      for (int i = 0; i < 10; i++) {
        assertThat(client.ask(request("GET", "")).body()).isEqualTo("good");
      }
      sick.set(false);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> gateway.gateway.pools().getFirst().backends().getFirst().checksPass());
      List<String> bodies = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        bodies.add(client.ask(request("GET", "")).body());
      }
      assertThat(bodies).contains("x", "good");
    }
  }
}
