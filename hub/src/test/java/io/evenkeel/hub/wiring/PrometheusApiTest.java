package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Prometheus's HTTP API, asked as Grafana asks it and by the real promtool.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrometheusApiTest {
  private static final String JOB = "api";

  private Path folder = Path.of("");
  private TestHub hub;
  private Browser grafana;
  private long now;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path data = folder.resolve("data");
    String ingest = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    hub = TestHub.start(data);
    grafana = hub.visitor();
    now = hub.clock.millis();
    WriteRequestBody body = new WriteRequestBody();
    for (long t = now - 600_000; t <= now; t += 15_000) {
      double n = (t - now + 600_000) / 1000.0;
      body.add(t, 2 * n, "__name__", "requests_total", "job", JOB, "status", "200");
      body.add(t, n, "__name__", "requests_total", "job", JOB, "status", "500");
      body.add(t, 1, "__name__", "up", "job", JOB, "instance", "ä:1");
      body.add(t, 1e-7, "__name__", "tiny", "job", JOB);
    }
    Answer written =
        hub.visitor()
            .bearer(ingest)
            .with("Content-Type", "application/x-protobuf")
            .with("Content-Encoding", "snappy")
            .post("/api/v1/write", body.compressed());
    assertThat(written.status()).as(written.text()).isEqualTo(204);
  }

  @AfterAll
  void stop() {
    hub.close();
  }

  private static String form(String... parameters) {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < parameters.length; i += 2) {
      form.append(i == 0 ? "" : "&")
          .append(URLEncoder.encode(parameters[i], StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    return form.toString();
  }

  private Answer post(String path, String... parameters) {
    return hub.visitor()
        .with("Content-Type", "application/x-www-form-urlencoded")
        .post("/api/v1/" + path, form(parameters).getBytes(StandardCharsets.UTF_8));
  }

  private Answer get(String path, String... parameters) {
    return grafana.get("/api/v1/" + path + "?" + form(parameters));
  }

  private String at(long millisBeforeNow) {
    long t = now - millisBeforeNow;
    return t / 1000 + "." + String.format("%03d", t % 1000);
  }

  @Test
  void an_instant_query_answers_a_vector_in_the_envelope() {
    Answer answer = get("query", "query", "requests_total / 600", "time", at(0));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(answer.text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                + "{\"metric\":{\"job\":\"api\",\"status\":\"200\"},\"value\":[%d,\"2\"]},"
                    .formatted(now / 1000)
                + "{\"metric\":{\"job\":\"api\",\"status\":\"500\"},\"value\":[%d,\"1\"]}]}}"
                    .formatted(now / 1000));
  }

  @Test
  void grafana_asks_a_range_by_a_form() {
    Answer answer =
        post(
            "query_range",
            "query",
            "sum by (job) (requests_total)",
            "start",
            at(60_000),
            "end",
            at(0),
            "step",
            "30");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"job\":\"api\"},\"values\":[[%d,\"1620\"],[%d,\"1710\"],[%d,\"1800\"]]}]}}"
                .formatted(now / 1000 - 60, now / 1000 - 30, now / 1000));
  }

  @Test
  void grafana_s_test_of_a_data_source_succeeds() {
    assertThat(post("query", "query", "1+1", "time", at(500)).text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[%s,\"2\"]}}"
                .formatted(at(500)));
    assertThat(get("status/buildinfo").json().at("/data/version").asString()).startsWith("3.");
    assertThat(get("metadata").text()).startsWith("{\"status\":\"success\",\"data\":{");
    assertThat(get("metadata", "metric", "none").text())
        .isEqualTo("{\"status\":\"success\",\"data\":{}}");
  }

  @Test
  void numbers_are_in_go_s_shortest_form() {
    assertThat(get("query", "query", "tiny", "time", at(0)).text()).contains("\"1e-07\"");
    assertThat(get("query", "query", "1/0").text()).contains("\"+Inf\"");
    assertThat(get("query", "query", "0/0").text()).contains("\"NaN\"");
    assertThat(get("query", "query", "1e21").text()).contains("\"1e+21\"");
    assertThat(get("query", "query", "0.1+0.2").text()).contains("\"0.30000000000000004\"");
  }

  @Test
  void a_string_answers_as_a_string() {
    assertThat(get("query", "query", "\"a\\\"b\"", "time", "1.5").text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[1.500,\"a\\\"b\"]}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          query       | query=sum(                             | 400 | bad_data  | invalid parameter "query": 1:5: parse error
          query       | query=up&time=yesterday                | 400 | bad_data  | invalid parameter "time": cannot parse "yesterday" to a valid timestamp
          query       | query=up&timeout=x                     | 400 | bad_data  | invalid parameter "timeout": cannot parse "x" to a valid duration
          query       | query=up&limit=-1                      | 400 | bad_data  | limit must be non-negative
          query_range | query=up&start=0&end=100000&step=1     | 400 | bad_data  | exceeded maximum resolution of 11,000 points per timeseries
          query_range | query=up&start=2&end=1&step=1          | 400 | bad_data  | end timestamp must not be before start time
          query_range | query=up&start=1&end=2&step=0          | 400 | bad_data  | zero or negative query resolution step widths are not accepted
          query_range | query=up&start=1&end=2                 | 400 | bad_data  | invalid parameter "step"
          query_range | query="x"&start=1&end=2&step=1         | 400 | bad_data  | invalid expression type
          query       | query=up%2Bon()up%2Bon()requests_total | 422 | execution | many-to-many
          series      | start=1                                | 400 | bad_data  | no match[] parameter provided
          series      | match[]=rate(up[5m])                   | 400 | bad_data  | invalid parameter "match[]"
          series      | match[]=up&start=2&end=1               | 400 | bad_data  | end timestamp must not be before start
          query_exemplars | query=up{                          | 400 | bad_data  | invalid parameter "query"
          """)
  void errors_have_prometheus_s_statuses_and_words(
      String path, String parameters, int status, String type, String words) {
    Answer answer =
        grafana.get(
            "/api/v1/"
                + path
                + "?"
                + parameters
                    .replace("\"", "%22")
                    .replace("[", "%5B")
                    .replace("]", "%5D")
                    .replace("{", "%7B"));
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.json().get("status").asString()).isEqualTo("error");
    assertThat(answer.json().get("errorType").asString()).isEqualTo(type);
    assertThat(answer.json().get("error").asString()).contains(words);
  }

  @Test
  void a_limit_cuts_and_warns() {
    Answer answer = get("query", "query", "requests_total", "time", at(0), "limit", "1");
    assertThat(answer.json().at("/data/result")).hasSize(1);
    assertThat(answer.json().get("warnings").get(0).asString())
        .isEqualTo("results truncated due to limit");
    assertThat(
            get("query", "query", "up{job=\"api\"}", "time", at(0), "limit", "1")
                .json()
                .has("warnings"))
        .isFalse();
    assertThat(get("labels", "limit", "2").json().get("warnings")).hasSize(1);
    assertThat(get("label/job/values", "limit", "1", "match[]", "requests_total").text())
        .isEqualTo("{\"status\":\"success\",\"data\":[\"api\"]}");
    assertThat(get("series", "match[]", "requests_total", "limit", "1").json().get("warnings"))
        .hasSize(1);
  }

  @Test
  void stats_come_when_they_are_asked_for() {
    assertThat(get("query", "query", "up", "time", at(0)).json().at("/data/stats").isMissingNode())
        .isTrue();
    Answer answer = get("query", "query", "up{job=\"api\"}", "time", at(0), "stats", "all");
    assertThat(answer.json().at("/data/stats/samples/totalQueryableSamples").asLong()).isPositive();
    assertThat(answer.json().at("/data/stats/timings/execTotalTime").isNumber()).isTrue();
  }

  @Test
  void the_lookback_can_be_set_for_one_query() {
    assertThat(
            get("query", "query", "up{job=\"api\"}", "time", at(-60_000)).json().at("/data/result"))
        .hasSize(1);
    assertThat(
            get("query", "query", "up{job=\"api\"}", "time", at(-60_000), "lookback_delta", "30s")
                .json()
                .at("/data/result"))
        .isEmpty();
  }

  @Test
  void series_labels_and_values_are_sorted_and_filtered() {
    assertThat(post("series", "match[]", "requests_total", "match[]", "up{job=\"api\"}").text())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":["
                + "{\"__name__\":\"requests_total\",\"job\":\"api\",\"status\":\"200\"},"
                + "{\"__name__\":\"requests_total\",\"job\":\"api\",\"status\":\"500\"},"
                + "{\"__name__\":\"up\",\"instance\":\"ä:1\",\"job\":\"api\"}]}");
    assertThat(post("labels", "match[]", "requests_total").text())
        .isEqualTo("{\"status\":\"success\",\"data\":[\"__name__\",\"job\",\"status\"]}");
    assertThat(get("label/status/values").text())
        .isEqualTo("{\"status\":\"success\",\"data\":[\"200\",\"500\"]}");
    assertThat(get("label/U__no_2e_such/values").text())
        .isEqualTo("{\"status\":\"success\",\"data\":[]}");
    assertThat(get("label/status/values", "start", "0", "end", "1").text())
        .isEqualTo("{\"status\":\"success\",\"data\":[]}");
  }

  @Test
  void large_answers_are_compressed_for_who_takes_that() {
    Browser client = hub.visitor().with("Accept-Encoding", "gzip");
    Answer answer =
        client.get("/api/v1/query?" + form("query", "requests_total[10m]", "time", at(0)));
    assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(answer.header("Vary")).contains("Accept-Encoding");
  }

  @Test
  void expressions_are_laid_out_and_taken_apart() {
    assertThat(post("format_query", "query", "sum by(job)(up)/2").text())
        .isEqualTo("{\"status\":\"success\",\"data\":\"sum by (job) (up) / 2\"}");
    assertThat(get("parse_query", "query", "up").json().at("/data/type").asString())
        .isEqualTo("vectorSelector");
    assertThat(get("parse_query", "query", "up{").json().get("errorType").asString())
        .isEqualTo("bad_data");
  }

  @Test
  void the_status_pages_answer() {
    assertThat(get("status/runtimeinfo").json().at("/data/startTime").asString())
        .isEqualTo("2026-11-23T12:00:00Z");
    assertThat(get("status/config").json().at("/data/yaml").asString()).contains("keep: 15d");
    assertThat(get("status/flags").json().at("/data/query.timeout").asString()).isEqualTo("30s");
    Answer head = get("status/tsdb", "limit", "1");
    assertThat(head.json().at("/data/headStats/numSeries").asInt()).isGreaterThanOrEqualTo(4);
    assertThat(head.json().at("/data/seriesCountByMetricName")).hasSize(1);
    assertThat(get("query_exemplars", "query", "up", "start", "0", "end", at(0)).text())
        .isEqualTo("{\"status\":\"success\",\"data\":[]}");
  }

  @Test
  void only_administrators_delete() throws IOException {
    try (TestHub other = TestHub.start(folder.resolve("other"))) {
      Browser admin = other.setUp();
      String ingest = other.token(admin, "viewer", "ingest");
      WriteRequestBody body = new WriteRequestBody();
      body.add(other.clock.millis(), 1, "__name__", "gone", "job", "a");
      body.add(other.clock.millis(), 1, "__name__", "kept", "job", "a");
      other
          .visitor()
          .bearer(ingest)
          .with("Content-Type", "application/x-protobuf")
          .with("Content-Encoding", "snappy")
          .post("/api/v1/write", body.compressed());
      String path = "/api/v1/admin/tsdb/delete_series?match%5B%5D=gone";
      Browser viewer = other.visitor().bearer(other.token(admin, "viewer", "api"));
      assertThat(viewer.post(path, "").status()).isEqualTo(403);
      assertThat(admin.get("/api/v1/query?query=gone").json().at("/data/result")).hasSize(1);
      Browser tool = other.visitor().bearer(other.token(admin, "admin", "api"));
      assertThat(tool.post("/api/v1/admin/tsdb/delete_series", "").status()).isEqualTo(400);
      assertThat(tool.post(path, "").status()).isEqualTo(204);
      assertThat(admin.get("/api/v1/query?query=gone").json().at("/data/result")).isEmpty();
      assertThat(admin.get("/api/v1/query?query=kept").json().at("/data/result")).hasSize(1);
    }
  }

  @Test
  void takes_brackets_and_braces_in_an_address_as_they_are() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", hub.hub.port())) {
      socket
          .getOutputStream()
          .write(
              """
              GET /api/v1/series?match[]=up{job="api"} HTTP/1.1\r
              Host: 127.0.0.1:%d\r
              Connection: close\r
              \r
              """
                  .formatted(hub.hub.port())
                  .getBytes(StandardCharsets.UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 ")
          .contains("\"instance\":\"ä:1\"");
    }
  }

  @Test
  void promtool_queries_the_hub() throws Exception {
    assertThat(promtool("instant", "--time=" + at(0), hub.hub.url(), "sum(requests_total)"))
        .isEqualTo("{} => 1800 @[" + at(0).replace(".000", "") + "]");
    assertThat(
            promtool(
                "range",
                "--start=" + at(30_000).replace(".000", ""),
                "--end=" + at(0).replace(".000", ""),
                "--step=15s",
                hub.hub.url(),
                "sum(up{job=\"api\"})"))
        .hasLineCount(4)
        .startsWith("{} =>\n1 @[");
    assertThat(promtool("series", "--match=requests_total", hub.hub.url()))
        .isEqualTo(
            "{__name__=\"requests_total\", job=\"api\", status=\"200\"}\n"
                + "{__name__=\"requests_total\", job=\"api\", status=\"500\"}");
    assertThat(promtool("labels", hub.hub.url(), "status")).isEqualTo("200\n500");
  }

  private String promtool(String... arguments) throws Exception {
    assumeThat(System.getenv("PATH").split(":"))
        .as("promtool is installed")
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
    List<String> command = new ArrayList<>(List.of("promtool", "query"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return out.strip();
  }
}
