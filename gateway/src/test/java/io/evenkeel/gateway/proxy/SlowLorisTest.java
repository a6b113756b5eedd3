package io.evenkeel.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.gateway.config.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SlowLorisTest {
  @Test
  void a_thousand_connections_that_never_finish_their_header_leave_others_alone_and_end()
      throws IOException {
    Limits limits =
        Limits.USUAL.withTimes(
            Duration.ofSeconds(4), Duration.ofSeconds(4), Duration.ofSeconds(60));
    List<RawClient> slow = new ArrayList<>();
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend), c -> TestGateway.withLimits(c, limits))) {
      for (int i = 0; i < 1000; i++) {
        RawClient client = gateway.client();
        client.send(i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: a\r\nX-" + i : "G");
        slow.add(client);
      }
      try (var other = gateway.client()) {
        int answered = 0;
        for (int i = 0; i < 300; i++) {
          another(slow.get(i));
          answered += other.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status() == 200 ? 1 : 0;
        }
        assertThat(answered).isEqualTo(300);
        await().atMost(Duration.ofSeconds(60)).until(() -> gateway.gateway.openConnections() <= 1);
      }
      try (var other = gateway.client()) {
        assertThat(other.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(200);
      }
      assertThat(backend.received).hasSize(301);
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
  }

  /// Sends one more byte; on a busy machine the gateway may have ended the connection by now.
  private static void another(RawClient slow) {
    try {
      slow.send("a");
    } catch (IOException e) {
      // It ended, which is what it is to come to.
    }
  }
}
