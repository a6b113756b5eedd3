package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Debian's own programs as senders and targets: a hub that scrapes node_exporter, and Prometheus
/// and vmagent that send by remote write what they scraped.
class RealSendersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// What differs between two looks at node_exporter, as its own work shows in them.
  private static final Pattern OWN_WORK =
      Pattern.compile("(go_|process_|promhttp_|node_scrape_collector_duration).*");

  @TempDir Path folder;

  private static JsonNode query(RunningHub hub, String expression) throws Exception {
    return hub.json("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .get("data")
        .get("result");
  }

  private static void appears(RunningHub hub, Peer sender, String expression) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(query(hub, expression)).as(sender.said()).isNotEmpty());
  }

  private static String fetch(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static String nodeExporter(int port) {
    return "--web.listen-address=127.0.0.1:" + port;
  }

  private static String jobs(int port, String more) {
    return """
    scrape_configs:
      - job_name: exporter
        scrape_interval: 1s
        scrape_timeout: 1s
    %s    static_configs: [{targets: ["127.0.0.1:%d"]}]
    """
        .formatted(more, port);
  }

  @Test
  void a_scraped_node_exporter_has_every_series_of_its_page() throws Exception {
    int port = Peer.freePort();
    Path settings = folder.resolve("evenkeel.yaml");
    Files.writeString(settings, jobs(port, ""));
    try (Peer exporter =
            Peer.start(folder.resolve("exporter"), "prometheus-node-exporter", nodeExporter(port));
        RunningHub hub = new RunningHub(folder.resolve("data"), settings)) {
      appears(hub, exporter, "up{job=\"exporter\"} == 1");
      appears(hub, exporter, "node_uname_info{job=\"exporter\"}");
      // The machine may gain or lose a device between the two looks: then both look again.
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            Set<String> told = told(fetch("http://127.0.0.1:" + port + "/metrics"));
            assertThat(told).hasSizeGreaterThan(200);
            assertThat(stored(hub)).isEqualTo(told);
          });
      // A value that does not change says that values arrive as they are.
      String total =
          fetch("http://127.0.0.1:" + port + "/metrics")
              .lines()
              .filter(line -> line.startsWith("node_memory_MemTotal_bytes "))
              .findFirst()
              .orElseThrow();
      double told = Double.parseDouble(total.substring(total.lastIndexOf(' ') + 1));
      appears(hub, exporter, "node_memory_MemTotal_bytes{job=\"exporter\"} == " + told);
    }
  }

  /// The series of node_exporter's page.
  private static Set<String> told(String page) {
    return page.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .map(RealSendersTest::sorted)
        .filter(series -> !OWN_WORK.matcher(series).matches())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// The same series as the hub's last scrape has them, without what scraping and the rules add.
  private static Set<String> stored(RunningHub hub) throws Exception {
    Set<String> stored = new TreeSet<>();
    query(hub, "{job=\"exporter\",__name__!~\"scrape_.*|up|ALERTS.*\"}")
        .forEach(series -> {
          String name = sorted(text(series.get("metric")));
          if (!OWN_WORK.matcher(name).matches()) {
            stored.add(name);
          }
        });
    return stored;
  }

  /// A series as text, without the labels that scraping added.
  private static String text(JsonNode metric) {
    StringBuilder labels = new StringBuilder();
    metric.forEachEntry((name, value) -> {
      if (!name.equals("__name__") && !name.equals("job") && !name.equals("instance")) {
        labels
            .append(labels.isEmpty() ? "" : ",")
            .append(name)
            .append("=\"")
            .append(value.asString().replace("\\", "\\\\").replace("\"", "\\\""))
            .append('"');
      }
    });
    String name = metric.get("__name__").asString();
    return labels.isEmpty() ? name : name + "{" + labels + "}";
  }

  /// A series with its labels in order and without empty ones, which are none.
  private static String sorted(String series) {
    int brace = series.indexOf('{');
    if (brace < 0) {
      return series;
    }
    String inside = series.substring(brace + 1, series.length() - 1);
    String labels =
        Pattern.compile("[a-zA-Z_]+=\"(?:[^\"\\\\]|\\\\.)*\"")
            .matcher(inside)
            .results()
            .map(label -> label.group())
            .filter(label -> !label.endsWith("=\"\""))
            .sorted()
            .collect(Collectors.joining(","));
    return labels.isEmpty()
        ? series.substring(0, brace)
        : series.substring(0, brace) + "{" + labels + "}";
  }

  @Test
  void prometheus_sends_what_it_scraped_native_histograms_and_exemplars_too() throws Exception {
    int port = Peer.freePort();
    int own = Peer.freePort();
    HttpServer histograms =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    histograms.createContext("/metrics", RealSendersTest::nativeHistogram);
    histograms.start();
    Path data = folder.resolve("data");
    String token = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    try (RunningHub hub = new RunningHub(data)) {
      Path config = folder.resolve("prometheus.yml");
      Files.writeString(
          config,
          jobs(port, "")
              + """
                - job_name: itself
                  scrape_interval: 1s
                  static_configs: [{targets: ["127.0.0.1:%d"]}]
                - job_name: native
                  scrape_interval: 1s
                  static_configs: [{targets: ["127.0.0.1:%d"]}]
              remote_write:
                - url: %s/api/v1/write
                  authorization: {credentials: %s}
                  send_exemplars: true
                  send_native_histograms: true
                  metadata_config: {send_interval: 1s}
              """
                  .formatted(own, histograms.getAddress().getPort(), hub.wiring.url(), token));
      try (Peer exporter =
              Peer.start(
                  folder.resolve("exporter"), "prometheus-node-exporter", nodeExporter(port));
          Peer prometheus =
              Peer.start(
                  folder.resolve("prometheus"),
                  "prometheus",
                  "--config.file=" + config,
                  "--storage.tsdb.path=" + folder.resolve("prometheus/data"),
                  "--enable-feature=native-histograms,exemplar-storage",
                  "--web.listen-address=127.0.0.1:" + own)) {
        appears(hub, exporter, "node_uname_info{job=\"exporter\"}");
        appears(hub, prometheus, "rate(node_cpu_seconds_total{job=\"exporter\"}[1m])");
        appears(hub, prometheus, "prometheus_build_info{job=\"itself\"}");
        appears(hub, prometheus, "latency{job=\"native\"}");
        // A scrape that a busy machine does not answer in time ends the series until the next.
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> {
              JsonNode latency = query(hub, "latency");
              assertThat(latency).hasSize(1);
              JsonNode histogram = latency.get(0).get("histogram").get(1);
              assertThat(histogram.get("count").asString()).isEqualTo("5");
              assertThat(histogram.get("buckets")).hasSize(3);
            });
        // Both agree on how many series the exporter has.
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> {
              JsonNode theirs =
                  RunningHub.parse(
                          fetch(
                              "http://127.0.0.1:"
                                  + own
                                  + "/api/v1/query?query=count(%7Bjob=%22exporter%22%7D)"))
                      .get("data")
                      .get("result");
              assertThat(theirs).hasSize(1);
              assertThat(query(hub, "count({job=\"exporter\"})").get(0).get("value").get(1).asInt())
                  .isEqualTo(theirs.get(0).get("value").get(1).asInt());
            });
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(
                        hub.json("/api/v1/metadata?metric=node_load1")
                            .get("data")
                            .get("node_load1")
                            .get(0)
                            .get("type")
                            .asString())
                    .isEqualTo("gauge"));
        assertThat(prometheus.said())
            .doesNotContain("non-recoverable error", "server returned HTTP");
      }
    } finally {
      histograms.stop(0);
    }
  }

  /// Answers with a page that holds a native histogram, as only protobuf can.
  private static void nativeHistogram(HttpExchange exchange) throws IOException {
    byte[] page = ScrapeTest.nativeHistogram().delimited();
    exchange
        .getResponseHeaders()
        .set(
            "Content-Type",
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
                + " encoding=delimited");
    exchange.sendResponseHeaders(200, page.length);
    exchange.getResponseBody().write(page);
    exchange.close();
  }

  @Test
  void vmagent_sends_what_it_scraped() throws Exception {
    int port = Peer.freePort();
    Path data = folder.resolve("data");
    String token = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    try (RunningHub hub = new RunningHub(data)) {
      Path config = folder.resolve("vmagent.yml");
      Files.writeString(config, jobs(port, ""));
      try (Peer exporter =
              Peer.start(
                  folder.resolve("exporter"), "prometheus-node-exporter", nodeExporter(port));
          Peer vmagent =
              Peer.start(
                  folder.resolve("vmagent"),
                  "vmagent",
                  "-promscrape.config=" + config,
                  "-remoteWrite.url=" + hub.wiring.url() + "/api/v1/write",
                  "-remoteWrite.bearerToken=" + token,
                  "-remoteWrite.tmpDataPath=" + folder.resolve("vmagent/queue"),
                  "-httpListenAddr=127.0.0.1:" + Peer.freePort())) {
        appears(hub, exporter, "node_uname_info{job=\"exporter\"}");
        appears(hub, vmagent, "rate(node_cpu_seconds_total{job=\"exporter\"}[1m])");
        appears(hub, vmagent, "up{job=\"exporter\"} == 1");
        assertThat(vmagent.said()).doesNotContain("unexpected status code");
      }
    }
  }
}
