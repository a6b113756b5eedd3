package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A whole hub scrapes servers of this machine: what becomes of pages, of series that go, of
/// targets that fail.
class ScrapeTest {
  @TempDir Path folder;

  private HttpServer server;
  private final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final Map<String, Map<String, List<String>>> requests = new ConcurrentHashMap<>();

  /// What a path is answered with.
  private record Page(int status, String type, byte[] body, Map<String, String> headers) {
    static Page text(String text) {
      return new Page(
          200, "text/plain; version=0.0.4", text.getBytes(StandardCharsets.UTF_8), Map.of());
    }
  }

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.put(exchange.getRequestURI().toString(), Map.copyOf(exchange.getRequestHeaders()));
    Page page = pages.get(exchange.getRequestURI().getPath());
    if (page == null) {
      exchange.sendResponseHeaders(404, -1);
    } else {
      exchange.getResponseHeaders().set("Content-Type", page.type);
      page.headers.forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(page.status, page.body.length == 0 ? -1 : page.body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(page.body);
      }
    }
    exchange.close();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private RunningHub hub(String jobs) throws Exception {
    Path settings = folder.resolve("evenkeel.yaml");
    Files.writeString(settings, "scrape_configs:\n" + jobs.replace("ADDRESS", address()));
    return new RunningHub(folder.resolve("data"), settings);
  }

  private static JsonNode query(RunningHub hub, String expression) throws Exception {
    return hub.json(
            "/api/v1/query?query=" + java.net.URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .get("data")
        .get("result");
  }

  private static String value(RunningHub hub, String expression) throws Exception {
    JsonNode result = query(hub, expression);
    return result.isEmpty() ? "none" : result.get(0).get("value").get(1).asString();
  }

  private static void becomes(RunningHub hub, String expression, String value) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(value(hub, expression)).as(expression).isEqualTo(value));
  }

  private static JsonNode target(RunningHub hub, String job) throws Exception {
    return hub.json("/api/v1/targets?scrapePool=" + job).get("data").get("activeTargets").get(0);
  }

  private static void fails(RunningHub hub, String job, String reason) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          JsonNode target = target(hub, job);
          assertThat(target.get("lastError").asString()).contains(reason);
          assertThat(target.get("health").asString()).isEqualTo("down");
        });
    becomes(hub, "up{job=\"" + job + "\"}", "0");
  }

  @Test
  void a_page_is_stored_with_the_targets_labels_and_what_goes_ends_at_once() throws Exception {
    pages.put(
        "/metrics",
        Page.text(
            """
            # HELP jobs How many.
            # TYPE jobs gauge
            jobs{queue="a"} 3
            jobs{queue="b",job="own",env="own"} 4
            noise{x="y"} 1
            """));
    try (RunningHub hub =
        hub(
            """
            - job_name: app
              scrape_interval: 1s
              static_configs: [{targets: ["ADDRESS"], labels: {env: test}}]
              metric_relabel_configs:
                - {source_labels: [__name__], regex: noise, action: drop}
            """)) {
      becomes(
          hub, "jobs{queue=\"a\",job=\"app\",env=\"test\",instance=\"" + address() + "\"}", "3");
      becomes(hub, "jobs{queue=\"b\",exported_job=\"own\",exported_env=\"own\",job=\"app\"}", "4");
      assertThat(value(hub, "noise")).isEqualTo("none");
      becomes(hub, "up{job=\"app\"}", "1");
      becomes(hub, "scrape_samples_scraped{job=\"app\"}", "3");
      becomes(hub, "scrape_samples_post_metric_relabeling{job=\"app\"}", "2");
      assertThat(Double.parseDouble(value(hub, "scrape_duration_seconds{job=\"app\"}")))
          .isBetween(0.0, 10.0);
      becomes(hub, "scrape_series_added{job=\"app\"}", "0");
      assertThat(value(hub, "max_over_time(scrape_series_added{job=\"app\"}[1m])")).isEqualTo("2");
      assertThat(
              hub.json("/api/v1/metadata?metric=jobs")
                  .get("data")
                  .get("jobs")
                  .get(0)
                  .get("help")
                  .asString())
          .isEqualTo("How many.");
      JsonNode target = target(hub, "app");
      assertThat(target.get("health").asString()).isEqualTo("up");
      assertThat(target.get("lastError").asString()).isEmpty();
      assertThat(target.get("scrapeUrl").asString()).isEqualTo("http://" + address() + "/metrics");
      assertThat(target.get("labels").get("env").asString()).isEqualTo("test");
      assertThat(target.get("discoveredLabels").get("__address__").asString()).isEqualTo(address());

      pages.put("/metrics", Page.text("jobs{queue=\"a\"} 5\n"));
      becomes(hub, "jobs{queue=\"a\"}", "5");
      becomes(hub, "count(jobs)", "1");

      pages.remove("/metrics");
      fails(hub, "app", "HTTP status 404");
      becomes(hub, "absent(jobs)", "1");
    }
  }

  @Test
  void open_metrics_is_asked_for_and_honoured_with_params_and_credentials() throws Exception {
    pages.put(
        "/probe",
        new Page(
            200,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            "a_total{job=\"own\"} 7 # {trace_id=\"t\"} 1\n# EOF\n".getBytes(StandardCharsets.UTF_8),
            Map.of()));
    Files.writeString(folder.resolve("token"), "s3cret\n");
    try (RunningHub hub =
        hub(
            """
            - job_name: probe
              scrape_interval: 1s
              metrics_path: /probe
              params: {module: [http 2xx]}
              honor_labels: true
              scrape_native_histograms: true
              authorization: {credentials_file: token}
              static_configs: [{targets: ["ADDRESS"]}]
            """)) {
      becomes(hub, "a_total{job=\"own\"}", "7");
      Map<String, List<String>> headers = requests.getOrDefault("/probe?module=http+2xx", Map.of());
      assertThat(headers)
          .containsEntry("Authorization", List.of("Bearer s3cret"))
          .containsEntry("X-prometheus-scrape-timeout-seconds", List.of("1.0"));
      assertThat(String.valueOf(headers.get("Accept")))
          .startsWith("[application/vnd.google.protobuf")
          .contains("application/openmetrics-text;version=1.0.0");
    }
  }

  @Test
  void a_native_histogram_on_a_protobuf_page_stays_one() throws Exception {
    pages.put(
        "/metrics",
        new Page(
            200,
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
                + " encoding=delimited",
            nativeHistogram().delimited(),
            Map.of()));
    try (RunningHub hub =
        hub(
            """
            - job_name: native
              scrape_interval: 1s
              scrape_native_histograms: true
              static_configs: [{targets: ["ADDRESS"]}]
            """)) {
      becomes(hub, "histogram_count(latency{job=\"native\"})", "5");
      JsonNode histogram = query(hub, "latency{job=\"native\"}").get(0).get("histogram").get(1);
      assertThat(histogram.get("count").asString()).isEqualTo("5");
      assertThat(histogram.get("sum").asString()).isEqualTo("18.4");
      assertThat(histogram.get("buckets")).hasSize(3);
    }
  }

  /// A family `latency` with 2 observations around zero, 1 in (0.5, 1] and 2 in (1, 2].
  static ProtoMessage nativeHistogram() {
    return new ProtoMessage()
        .text(1, "latency")
        .number(3, 4)
        .message(
            4,
            new ProtoMessage()
                .message(
                    7,
                    new ProtoMessage()
                        .number(1, 5)
                        .decimal(2, 18.4)
                        .zigzag(5, 0)
                        .decimal(6, 0.001)
                        .number(7, 2)
                        .message(12, new ProtoMessage().zigzag(1, 0).number(2, 2))
                        .zigzag(13, 1)
                        .zigzag(13, 1)));
  }

  @Test
  void what_a_target_must_not_do_fails_its_scrape_and_no_other() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(new byte[64 << 20]);
    }
    pages.put(
        "/bomb",
        new Page(200, "text/plain", bomb.toByteArray(), Map.of("Content-Encoding", "gzip")));
    pages.put("/broken", Page.text("fine 1\nbroken{ 2\n"));
    pages.put("/many", Page.text("a 1\nb 1\nc 1\n"));
    pages.put(
        "/moved",
        new Page(
            302, "text/plain", new byte[0], Map.of("Location", "http://" + address() + "/fine")));
    pages.put(
        "/html", new Page(200, "text/html", "<p>".getBytes(StandardCharsets.UTF_8), Map.of()));
    pages.put("/long", Page.text("a{l=\"" + "v".repeat(2000) + "\"} 1\nb 1\n"));
    pages.put("/fine", Page.text("fine 2\n"));
    StringBuilder jobs = new StringBuilder();
    for (String job : List.of("bomb", "broken", "many", "moved", "html", "fine", "long")) {
      jobs.append(
          """
          - job_name: %s
            scrape_interval: 1s
            metrics_path: /%s
            %s
            static_configs: [{targets: ["ADDRESS"]}]
          """
              .formatted(job, job, job.equals("many") ? "sample_limit: 2" : "honor_labels: false"));
    }
    jobs.append(
        """
        - job_name: metadata
          scrape_interval: 1s
          static_configs: [{targets: ["169.254.169.254"]}]
        """);
    try (RunningHub hub = hub(jobs.toString())) {
      fails(hub, "bomb", "body_size_limit");
      fails(hub, "broken", "line 2: expected the name of a label");
      fails(hub, "many", "more than 2 samples (sample_limit)");
      fails(hub, "moved", "HTTP status 302");
      fails(hub, "html", "'text/html', which is no page of metrics");
      fails(hub, "metadata", "an address that is never connected to");
      becomes(hub, "fine{job=\"fine\"}", "2");
      assertThat(value(hub, "fine{job=\"broken\"}")).isEqualTo("none");
      // A series beyond the store's own limits costs only itself, and the target says so.
      becomes(hub, "b{job=\"long\"}", "1");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            assertThat(target(hub, "long").get("lastError").asString())
                .contains("INVALID_LABELS=1");
            assertThat(hub.get("/metrics").body())
                .contains(
                    "evenkeel_ingest_requests_refused_total{door=\"scrape\",reason=\"malformed\"}",
                    "evenkeel_ingest_requests_refused_total{door=\"scrape\",reason=\"too_large\"}",
                    "evenkeel_ingest_requests_refused_total{door=\"scrape\",reason=\"not_fetched\"}");
          });
    }
  }

  @Test
  void over_tls_a_target_is_believed_with_its_authority_only_and_learns_the_password()
      throws Exception {
    Instant now = Clock.systemUTC().instant();
    TestCertificate own = certificate("target", now);
    certificate("other", now);
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(own.server()));
    secure.createContext("/", this::answer);
    secure.start();
    pages.put("/metrics", Page.text("a 1\n"));
    Files.writeString(folder.resolve("password"), "s3cret\n");
    String target = "127.0.0.1:" + secure.getAddress().getPort();
    StringBuilder jobs = new StringBuilder();
    for (String authority : List.of("target", "other")) {
      jobs.append(
          """
          - job_name: %1$s
            scrape_interval: 1s
            scheme: https
            tls_config: {ca_file: %1$s.crt}
            basic_auth: {username: u, password_file: password}
            static_configs: [{targets: ["%2$s"]}]
          """
              .formatted(authority, target));
    }
    try (RunningHub hub = hub(jobs.toString())) {
      becomes(hub, "a{job=\"target\"}", "1");
      assertThat(requests.getOrDefault("/metrics", Map.of()))
          .containsEntry("Authorization", List.of("Basic dTpzM2NyZXQ="));
      fails(hub, "other", "certificate");
      assertThat(value(hub, "a{job=\"other\"}")).isEqualTo("none");
    } finally {
      secure.stop(0);
    }
  }

  private TestCertificate certificate(String name, Instant now) throws Exception {
    TestCertificate made =
        TestCertificate.of("127.0.0.1", now.minusSeconds(60), now.plus(Duration.ofDays(2)));
    Files.writeString(folder.resolve(name + ".crt"), made.pem());
    return made;
  }

  @Test
  void a_job_with_more_targets_than_its_limit_says_so_at_each_and_fetches_none() throws Exception {
    pages.put("/metrics", Page.text("a 1\n"));
    try (RunningHub hub =
        hub(
            """
            - job_name: many
              scrape_interval: 1s
              target_limit: 1
              static_configs: [{targets: ["ADDRESS", "localhost:1"]}]
            - job_name: few
              scrape_interval: 1s
              target_limit: 1
              static_configs: [{targets: ["ADDRESS"]}]
            """)) {
      becomes(hub, "a{job=\"few\"}", "1");
      becomes(hub, "count(up{job=\"many\"} == 0)", "2");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            JsonNode targets =
                hub.json("/api/v1/targets?scrapePool=many").get("data").get("activeTargets");
            assertThat(targets)
                .hasSize(2)
                .allSatisfy(target -> {
                  assertThat(target.get("health").asString()).isEqualTo("down");
                  assertThat(target.get("lastError").asString())
                      .contains("target_limit exceeded", "2 targets", "limit is 1");
                });
          });
      assertThat(value(hub, "a{job=\"many\"}")).isEqualTo("none");
    }
  }

  @Test
  void targets_in_files_come_and_go_while_the_hub_runs() throws Exception {
    pages.put("/metrics", Page.text("a 1\n"));
    Path targets = folder.resolve("targets.json");
    Files.writeString(targets, "[{\"targets\": [], \"labels\": {}}]");
    try (RunningHub hub =
        hub(
            """
            - job_name: files
              scrape_interval: 1s
              file_sd_configs: [{files: ["targets*.json"]}]
              relabel_configs:
                - {source_labels: [__address__], regex: 'drop.*', action: drop}
            """)) {
      Files.writeString(
          targets,
          "[{\"targets\": [\"" + address() + "\", \"drop.me:1\"], \"labels\": {\"env\": \"x\"}}]");
      becomes(hub, "a{job=\"files\",env=\"x\"}", "1");
      JsonNode data = hub.json("/api/v1/targets").get("data");
      assertThat(data.get("droppedTargetCounts").get("files").asInt()).isEqualTo(1);
      assertThat(
              data.get("activeTargets")
                  .get(0)
                  .get("discoveredLabels")
                  .get("__meta_filepath")
                  .asString())
          .isEqualTo(targets.toString());

      // A file that cannot be read keeps the targets; one that is empty ends them.
      Files.writeString(targets, "[{\"targets\": broken");
      Files.writeString(folder.resolve("targets2.json"), "[]");
      await()
          .during(Duration.ofSeconds(7))
          .atMost(Duration.ofSeconds(60))
          .until(() -> hub.json("/api/v1/targets").get("data").get("activeTargets").size() == 1);
      Files.writeString(targets, "[]");
      becomes(hub, "absent(a)", "1");
      becomes(hub, "absent(up{job=\"files\"})", "1");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> hub.json("/api/v1/targets").get("data").get("activeTargets").isEmpty());
    }
  }
}
