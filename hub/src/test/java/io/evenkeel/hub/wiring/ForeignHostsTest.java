package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Servers with collectors of others, scraped by a whole hub: the fleet, the expressions of a
/// server's page and the rules work on them as on our own agent's.
class ForeignHostsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private HttpServer collectors;
  private volatile int page = 1;
  private RunningHub hub;

  @BeforeEach
  void start() throws Exception {
    collectors = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (String name : new String[] {"otel-hostmetrics", "telegraf", "windows_exporter"}) {
      collectors.createContext(
          "/" + name,
          exchange -> {
            byte[] body = fixture(name + "-" + page + ".prom");
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
    }
    collectors.start();
    Path settings = folder.resolve("evenkeel.yaml");
    Files.writeString(
        settings,
        "scrape_configs:\n" + job("otel-hostmetrics") + job("telegraf") + job("windows_exporter"));
    hub = new RunningHub(folder.resolve("data"), settings);
  }

  private static byte[] fixture(String name) throws java.io.IOException {
    try (var in = ForeignHostsTest.class.getResourceAsStream("/fixtures/foreign/" + name)) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  private String job(String name) {
    return """
      - job_name: %s
        scrape_interval: 1s
        scrape_timeout: 1s
        metrics_path: /%s
        static_configs: [{targets: ["127.0.0.1:%d"]}]
        relabel_configs: [{target_label: instance, replacement: %s}]
    """
        .formatted(name, name, collectors.getAddress().getPort(), name);
  }

  @AfterEach
  void stop() {
    hub.close();
    collectors.stop(0);
  }

  private double value(String expression) throws Exception {
    JsonNode result =
        hub.json("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
            .get("data")
            .get("result");
    return result.isEmpty()
        ? Double.NaN
        : Double.parseDouble(result.get(0).get("value").get(1).asString());
  }

  private JsonNode fleet(String name) throws Exception {
    return hub.json("/api/hub/v1/fleet?q=" + name).get("hosts").get(0);
  }

  @Test
  void the_fleet_the_pages_and_the_rules_work_on_their_names() throws Exception {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(value("count(count by (instance) (node_load1 or node_uname_info))"))
                .isGreaterThanOrEqualTo(4));
    page = 2;
    for (String name : new String[] {"otel-hostmetrics", "telegraf", "windows_exporter"}) {
      await().atMost(PATIENCE).untilAsserted(() -> isUnderstood(name));
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          JsonNode windows = fleet("windows_exporter").get("host");
          assertThat(windows.get("os").asString()).isEqualTo("Windows 10 Pro");
          assertThat(windows.get("signals").get("mount").asString()).isEqualTo("D:");
          assertThat(windows.get("signals").get("disk").asDouble()).isEqualTo(0.98, within(0.001));
          assertThat(fleet("telegraf").get("host").get("signals").get("mount").asString())
              .isEqualTo("/");
        });
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(hub.json("/api/v1/alerts").toString())
                .contains("FsCritical")
                .contains("\"mountpoint\":\"D:\""));
  }

  private void isUnderstood(String name) throws Exception {
    String of = "{instance=\"" + name + "\",job=\"node\"}";
    assertThat(value("count(count by (cpu) (node_cpu_seconds_total" + of + "))")).isEqualTo(2);
    assertThat(
            value(
                "sum(increase(node_cpu_seconds_total{mode!=\"idle\",instance=\""
                    + name
                    + "\"}[5m])) / sum(increase(node_cpu_seconds_total"
                    + of
                    + "[5m]))"))
        .isEqualTo(0.25, within(0.01));
    assertThat(value("node_memory_MemTotal_bytes" + of)).isEqualTo(8e9);
    assertThat(value("node_memory_MemAvailable_bytes" + of)).isEqualTo(5e9);
    assertThat(value("node_memory_SwapTotal_bytes" + of)).isEqualTo(2.1e9);
    assertThat(value("node_network_receive_bytes_total" + of)).isGreaterThan(7.9e9);
    assertThat(value("node_disk_written_bytes_total" + of)).isGreaterThan(9e9);
    JsonNode host = fleet(name).get("host");
    assertThat(host.get("cores").asInt()).isEqualTo(2);
    assertThat(host.get("memoryBytes").asDouble()).isEqualTo(8e9);
    assertThat(host.get("signals").get("memory").asDouble()).isEqualTo(0.375, within(0.001));
    assertThat(host.get("agentVersion").isNull()).isTrue();
  }
}
