package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A scraped page wakes the rules about its target, like the samples of a host do.
class ScrapedAlertTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void a_page_that_changes_raises_its_alert_before_the_groups_turn_comes() throws Exception {
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
        """);
    try (RunningHub hub = new RunningHub(folder.resolve("data"), settings)) {
      await()
          .atMost(PATIENCE)
          .until(() -> hub.json("/api/v1/query?query=queue_depth").toString().contains("queue"));
      assertThat(hub.json("/api/v1/alerts").toString()).doesNotContain("QueueDeep");
      page.set("queue_depth 200\n");
      await()
          .atMost(PATIENCE)
          .until(() -> hub.json("/api/v1/alerts").toString().contains("QueueDeep"));
    } finally {
      queue.stop(0);
    }
  }
}
