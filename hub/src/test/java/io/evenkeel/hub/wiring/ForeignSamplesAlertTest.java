package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Samples of any name wake the rules about their instance, like those of a host do.
class ForeignSamplesAlertTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void what_is_scraped_or_written_raises_its_alert_before_the_groups_turn_comes() throws Exception {
    AtomicReference<String> page = new AtomicReference<>("queue_depth 1\n");
    HttpServer queue =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    queue.createContext(
        "/metrics",
        exchange -> {
          byte[] body = page.get().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    queue.start();
    Path settings = folder.resolve("evenkeel.yaml");
    Files.writeString(
        settings,
        """
        scrape_configs:
          - job_name: queue
            scrape_interval: 1s
            scrape_timeout: 1s
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(queue.getAddress().getPort()));
    Path rules = folder.resolve("data/rules");
    Files.createDirectories(rules);
    Files.writeString(
        rules.resolve("queue.yml"),
        """
        groups:
          - name: queue
            interval: 1h
            rules:
              - {alert: QueueDeep, expr: 'queue_depth > 100'}
              - {alert: MailStuck, expr: 'mail_waiting > 100'}
        """);
    String token = Tokens.make(folder.resolve("data"), Role.VIEWER, Scope.INGEST);
    try (RunningHub hub = new RunningHub(folder.resolve("data"), settings)) {
      await()
          .atMost(PATIENCE)
          .until(() -> hub.json("/api/v1/query?query=queue_depth").toString().contains("queue"));
      assertThat(hub.json("/api/v1/alerts").toString()).doesNotContain("QueueDeep");
      page.set("queue_depth 200\n");
      await()
          .atMost(PATIENCE)
          .until(() -> hub.json("/api/v1/alerts").toString().contains("QueueDeep"));
      write(hub, token, 200);
      await()
          .atMost(PATIENCE)
          .until(() -> hub.json("/api/v1/alerts").toString().contains("MailStuck"));
      write(hub, token, 0);
      await()
          .atMost(PATIENCE)
          .until(() -> !hub.json("/api/v1/alerts").toString().contains("MailStuck"));
    } finally {
      queue.stop(0);
    }
  }

  private static void write(RunningHub hub, String token, double waiting) throws Exception {
    byte[] body =
        new WriteRequestBody()
            .add(
                System.currentTimeMillis(), waiting, "__name__", "mail_waiting", "instance", "mail")
            .compressed();
    assertThat(
            hub.send(
                    hub.request("/api/v1/write")
                        .header("Authorization", "Bearer " + token)
                        .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                        .header("Content-Encoding", "snappy")
                        .header("Content-Type", "application/x-protobuf")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)))
                .statusCode())
        .isEqualTo(204);
  }
}
