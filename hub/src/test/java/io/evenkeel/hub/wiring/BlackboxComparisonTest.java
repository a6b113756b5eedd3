package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The hub's probes beside Debian's prometheus-blackbox-exporter, both asking the same servers: the
/// series that both bring have the same names and, where they do not measure time, the same values.
class BlackboxComparisonTest {
  private static final String EXPORTER = "prometheus-blackbox-exporter";
  private static final Pattern LINE =
      Pattern.compile("^(probe_[a-z_]+)(\\{[^}]*})? ([^ ]+)$", Pattern.MULTILINE);

  /// Of a value, only that it is there, can be compared: the time it took.
  private static final Set<String> MEASURED =
      Set.of(
          "probe_duration_seconds",
          "probe_dns_lookup_time_seconds",
          "probe_http_duration_seconds",
          "probe_icmp_duration_seconds");

  /// What the exporter tells and the hub does not: a hash of the address.
  private static final Set<String> LEFT_OUT = Set.of("probe_ip_addr_hash");

  @TempDir Path folder;

  @Test
  void pages_and_ports_are_told_alike() throws Exception {
    HttpServer pages =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    pages.createContext(
        "/",
        exchange -> {
          byte[] body = "all is well".getBytes(StandardCharsets.UTF_8);
          switch (exchange.getRequestURI().getPath()) {
            case "/ok" -> exchange.sendResponseHeaders(200, body.length);
            case "/moved" -> {
              exchange.getResponseHeaders().set("Location", "/ok");
              exchange.sendResponseHeaders(302, body.length);
            }
            default -> exchange.sendResponseHeaders(503, body.length);
          }
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    pages.start();
    int port = Peer.freePort();
    Path modules = folder.resolve("blackbox.yml");
    Files.writeString(
        modules,
        """
        modules:
          http: {prober: http, http: {preferred_ip_protocol: ip4, valid_http_versions: [HTTP/1.1]}}
          body: {prober: http, http: {preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: [nothing]}}
          tcp: {prober: tcp, tcp: {preferred_ip_protocol: ip4}}
        """);
    String here = "127.0.0.1:" + pages.getAddress().getPort();
    Path settings = folder.resolve("evenkeel.yaml");
    Files.writeString(
        settings,
        """
        probes:
        - {name: ok, interval: 5s, http: {url: 'http://HERE/ok'}}
        - {name: moved, interval: 5s, http: {url: 'http://HERE/moved'}}
        - {name: bad, interval: 5s, http: {url: 'http://HERE/bad'}}
        - {name: body, interval: 5s, http: {url: 'http://HERE/ok', bodyMatches: nothing}}
        - {name: tcp, interval: 5s, tcp: {host: 127.0.0.1, port: PORT}}
        """
            .replace("HERE", here)
            .replace("PORT", Integer.toString(pages.getAddress().getPort())));
    try (Peer exporter =
            Peer.start(
                folder.resolve("exporter"),
                EXPORTER,
                "--config.file=" + modules,
                "--web.listen-address=127.0.0.1:" + port);
        RunningHub hub = new RunningHub(folder.resolve("data"), settings)) {
      compare(hub, exporter, port, "ok", "http", "http://" + here + "/ok");
      compare(hub, exporter, port, "moved", "http", "http://" + here + "/moved");
      compare(hub, exporter, port, "bad", "http", "http://" + here + "/bad");
      compare(hub, exporter, port, "body", "body", "http://" + here + "/ok");
      compare(hub, exporter, port, "tcp", "tcp", here);
    } finally {
      pages.stop(0);
    }
  }

  private static void compare(
      RunningHub hub, Peer exporter, int port, String probe, String module, String target)
      throws Exception {
    Map<String, Double> theirs = new HashMap<>();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          String page = exported(port, module, target);
          assertThat(page).as(exporter.said()).contains("probe_success");
          Matcher line = LINE.matcher(page);
          while (line.find()) {
            theirs.put(line.group(1) + phase(line.group(2)), Double.valueOf(line.group(3)));
          }
        });
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          Map<String, Double> ours = ours(hub, probe);
          for (Map.Entry<String, Double> one : theirs.entrySet()) {
            String metric = one.getKey().replaceAll("\\{.*", "");
            boolean known =
                !LEFT_OUT.contains(metric)
                    // A plain page has no TLS; the exporter says that this phase took 0 s.
                    && !(one.getKey().contains("tls") && one.getValue() == 0);
            if (known) {
              assertThat(ours).as(probe).containsKey(one.getKey());
              if (!MEASURED.contains(metric)) {
                assertThat(ours.get(one.getKey()))
                    .as(probe + " " + one.getKey())
                    .isCloseTo(one.getValue(), within(1e-9));
              }
            }
          }
        });
  }

  private static String exported(int port, String module, String target) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String query =
          "module=" + module + "&target=" + URLEncoder.encode(target, StandardCharsets.UTF_8);
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/probe?" + query))
                  .timeout(Duration.ofSeconds(60))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (java.net.ConnectException e) {
      return "it has not started yet";
    }
  }

  private static String phase(@Nullable String labels) {
    return labels == null ? "" : labels;
  }

  private static Map<String, Double> ours(RunningHub hub, String probe) throws Exception {
    Map<String, Double> ours = new HashMap<>();
    JsonNode result =
        hub.json(
                "/api/v1/query?query="
                    + URLEncoder.encode(
                        "{job=\"probe\",probe=\"" + probe + "\"}", StandardCharsets.UTF_8))
            .get("data")
            .get("result");
    result.forEach(series -> {
      JsonNode metric = series.get("metric");
      JsonNode phase = metric.get("phase");
      ours.put(
          metric.get("__name__").asString()
              + (phase == null ? "" : "{phase=\"" + phase.asString() + "\"}"),
          Double.valueOf(series.get("value").get(1).asString()));
    });
    return ours;
  }
}
