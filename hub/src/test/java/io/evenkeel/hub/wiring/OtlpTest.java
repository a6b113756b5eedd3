package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// OTLP over HTTP: JSON and protobuf, compressed or not, and what is refused how.
class OtlpTest {
  @TempDir Path data;

  private final long nowNanos = System.currentTimeMillis() * 1_000_000;
  private String token = "";
  private RunningHub hub;

  @BeforeEach
  void open() throws Exception {
    token = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    hub = new RunningHub(data);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private HttpRequest.Builder request(byte[] body, String type) {
    return hub.request("/api/v1/otlp/v1/metrics")
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<String> json(String metric) throws Exception {
    return hub.send(request(body(metric), "application/json; charset=utf-8"));
  }

  private byte[] body(String metric) {
    return """
    {"resourceMetrics": [{
      "resource": {"attributes": [
        {"key": "service.name", "value": {"stringValue": "shop"}},
        {"key": "service.instance.id", "value": {"stringValue": "i-1"}},
        {"key": "host.cores", "value": {"intValue": "8"}}]},
      "scopeMetrics": [{"scope": {"name": "hand"}, "metrics": [%s]}],
      "schemaUrl": "https://example.org"}]}\
    """
        .formatted(metric.replace("NOW", Long.toString(nowNanos)))
        .getBytes(StandardCharsets.UTF_8);
  }

  private JsonNode query(String expression) throws Exception {
    return hub.json("/api/v1/query?query=" + expression).get("data").get("result");
  }

  private static byte[] gzip(byte[] plain) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  private static final String COUNTER =
      """
      {"name": "http.requests", "unit": "{request}", "description": "Requests.",
       "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [
         {"attributes": [{"key": "http.method", "value": {"stringValue": "GET"}}],
          "startTimeUnixNano": "NOW", "timeUnixNano": "NOW", "asInt": "17",
          "exemplars": [{"timeUnixNano": "NOW", "asDouble": 0.5,
                         "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174"}]}]}}\
      """;

  @Test
  void json_is_taken_and_its_series_can_be_asked_for() throws Exception {
    HttpResponse<String> answer = json(COUNTER);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{}");
    JsonNode found = query("http_requests_total");
    assertThat(found).hasSize(1);
    assertThat(found.get(0).get("metric").toString())
        .isEqualTo(
            "{\"__name__\":\"http_requests_total\",\"http_method\":\"GET\","
                + "\"instance\":\"i-1\",\"job\":\"shop\"}");
    assertThat(query("target_info").get(0).get("metric").get("host_cores").asString())
        .isEqualTo("8");
    JsonNode meaning = hub.json("/api/v1/metadata?metric=http_requests_total").get("data");
    assertThat(meaning.get("http_requests_total").get(0).get("help").asString())
        .isEqualTo("Requests.");
  }

  @Test
  void gzip_is_taken_and_an_exponential_histogram_is_a_native_one() throws Exception {
    String histogram =
        """
        {"name": "latency", "unit": "s", "exponentialHistogram": {"aggregationTemporality": 2,
          "dataPoints": [{"timeUnixNano": "NOW", "count": "6", "sum": 3.5, "scale": 1,
            "zeroCount": "1", "positive": {"offset": -1, "bucketCounts": ["2", "3"]}}]}}\
        """;
    HttpResponse<String> answer =
        hub.send(
            request(gzip(body(histogram)), "application/json").header("Content-Encoding", "gzip"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(query("latency_seconds").get(0).get("histogram").get(1).get("count").asString())
        .isEqualTo("6");
  }

  @Test
  void delta_is_a_partial_success_that_says_what_to_set() throws Exception {
    HttpResponse<String> answer =
        json(COUNTER.replace("Temporality\": 2", "Temporality\": 1") + "," + COUNTER);
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode partial = RunningHub.parse(answer.body()).get("partialSuccess");
    assertThat(partial.get("rejectedDataPoints").asString()).isEqualTo("1");
    assertThat(partial.get("errorMessage").asString()).contains("PREFERENCE=cumulative");
    assertThat(query("http_requests_total")).hasSize(1);
  }

  @Test
  void bombs_are_413_nonsense_is_400_and_other_types_are_415() throws Exception {
    byte[] bomb = gzip(new byte[64 << 20]);
    HttpResponse<String> tooLarge =
        hub.send(request(bomb, "application/x-protobuf").header("Content-Encoding", "gzip"));
    assertThat(tooLarge.statusCode()).isEqualTo(413);
    assertThat(tooLarge.body()).contains("after decompression");
    assertThat(hub.send(request(new byte[(8 << 20) + 1], "application/json")).statusCode())
        .isEqualTo(413);
    assertThat(hub.send(request(new byte[] {9, 9}, "application/x-protobuf")).statusCode())
        .isEqualTo(400);
    HttpResponse<String> broken = json("{\"name\": 1");
    assertThat(broken.statusCode()).isEqualTo(400);
    assertThat(broken.body()).contains("not JSON", "line");
    String deep = "[".repeat(100_000);
    assertThat(json(deep).statusCode()).isEqualTo(400);
    assertThat(hub.send(request(new byte[0], "text/plain")).statusCode()).isEqualTo(415);
    assertThat(
            hub.send(
                    request(new byte[0], "application/x-protobuf")
                        .header("Content-Encoding", "zstd"))
                .statusCode())
        .isEqualTo(415);
    // All of it is counted, by reason, and the door stays open.
    assertThat(hub.get("/metrics").body())
        .contains(
            "evenkeel_ingest_requests_refused_total{door=\"otlp\",reason=\"too_large\"} 2",
            "evenkeel_ingest_requests_refused_total{door=\"otlp\",reason=\"malformed\"} 3",
            "evenkeel_ingest_requests_refused_total{door=\"otlp\",reason=\"unsupported_type\"} 1");
    assertThat(json(COUNTER).statusCode()).isEqualTo(200);
  }

  @Test
  void an_empty_protobuf_request_is_a_success_with_an_empty_answer() throws Exception {
    HttpResponse<String> answer = hub.send(request(new byte[0], "application/x-protobuf"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-protobuf");
  }

  @Test
  void a_collector_of_host_metrics_brings_a_server_that_needs_no_agent() throws Exception {
    String body =
        """
        {"resourceMetrics": [{
          "resource": {"attributes": [
            {"key": "host.name", "value": {"stringValue": "web-9"}},
            {"key": "os.type", "value": {"stringValue": "linux"}}]},
          "scopeMetrics": [{"metrics": [
            {"name": "system.cpu.time", "unit": "s",
             "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [
               {"attributes": [{"key": "cpu", "value": {"stringValue": "cpu0"}},
                               {"key": "state", "value": {"stringValue": "idle"}}],
                "timeUnixNano": "NOW", "asDouble": 12.5}]}},
            {"name": "system.memory.usage", "unit": "By",
             "sum": {"aggregationTemporality": 2, "dataPoints": [STATES]}}]}]}]}\
        """;
    StringBuilder states = new StringBuilder();
    for (String state : new String[] {"used", "free", "buffered", "cached"}) {
      states
          .append(states.isEmpty() ? "" : ",")
          .append("{\"attributes\": [{\"key\": \"state\", \"value\": {\"stringValue\": \"")
          .append(state)
          .append("\"}}], \"timeUnixNano\": \"NOW\", \"asInt\": \"1000\"}");
    }
    // A moment of a sender that may split it is complete when the next one comes.
    for (long ago : new long[] {10_000_000_000L, 0}) {
      String text = body.replace("STATES", states).replace("NOW", Long.toString(nowNanos - ago));
      HttpResponse<String> answer =
          hub.send(request(text.getBytes(StandardCharsets.UTF_8), "application/json"));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
    assertThat(
            query("node_memory_MemTotal_bytes%7Binstance=%22web-9%22,job=%22node%22%7D")
                .get(0)
                .get("value")
                .get(1)
                .asString())
        .isEqualTo("4000");
    assertThat(
            query("node_cpu_seconds_total%7Binstance=%22web-9%22,cpu=%220%22,mode=%22idle%22%7D"))
        .hasSize(1);
    assertThat(query("system_memory_usage_bytes%7Binstance=%22web-9%22%7D")).hasSize(4);
    JsonNode fleet = hub.json("/api/hub/v1/fleet?q=web-9").get("hosts");
    assertThat(fleet).hasSize(1);
    assertThat(fleet.get(0).get("host").get("signals").get("memory").asDouble())
        .isBetween(0.24, 0.26);
  }
}
