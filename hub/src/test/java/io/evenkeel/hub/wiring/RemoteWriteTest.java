package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Remote write over HTTP: what is taken, what is refused and with which status.
class RemoteWriteTest {
  @TempDir Path data;

  private final long now = System.currentTimeMillis();
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

  private HttpRequest.Builder request(byte[] body) {
    return hub.request("/api/v1/write")
        .header("Authorization", "Bearer " + token)
        .header("X-Prometheus-Remote-Write-Version", "0.1.0")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<String> write(byte[] body) throws Exception {
    return hub.send(
        request(body)
            .header("Content-Encoding", "snappy")
            .header("Content-Type", "application/x-protobuf"));
  }

  private JsonNode query(String expression) throws Exception {
    return hub.json("/api/v1/query?query=" + expression).get("data").get("result");
  }

  @Test
  void a_request_is_answered_204_once_its_samples_can_be_asked_for() throws Exception {
    HttpResponse<String> answer =
        write(
            new WriteRequestBody()
                .add(now, 42, "__name__", "pushed", "instance", "a")
                .add(now, 43, "__name__", "pushed", "instance", "b")
                .compressed());
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Samples-Written"))
        .hasValue("2");
    assertThat(query("pushed")).hasSize(2);
  }

  @Test
  void sending_again_what_is_stored_is_no_error() throws Exception {
    byte[] body = new WriteRequestBody().add(now, 42, "__name__", "pushed").compressed();
    assertThat(write(body).statusCode()).isEqualTo(204);
    HttpResponse<String> again = write(body);
    assertThat(again.statusCode()).isEqualTo(204);
    assertThat(again.headers().firstValue("X-Prometheus-Remote-Write-Samples-Written"))
        .hasValue("1");
  }

  @Test
  void a_partial_write_is_400_with_the_reasons_and_keeps_the_rest() throws Exception {
    HttpResponse<String> answer =
        write(
            new WriteRequestBody()
                .add(now, 1, "__name__", "good")
                .add(now + 3_600_000, 1, "__name__", "from_the_future")
                .add(now - 30L * 3_600_000, 1, "__name__", "too_late")
                .add(now, -1, "__name__", "node_forks_total", "instance", "x")
                .add(now, 1, "__name__", "long", "l", "v".repeat(1025))
                .compressed());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("4 samples were refused")
        .contains("too_new=1", "too_old=1", "impossible_value=1", "invalid_labels=1");
    assertThat(query("good")).hasSize(1);
  }

  @Test
  void a_host_that_node_exporter_describes_becomes_known() throws Exception {
    write(
        new WriteRequestBody()
            .add(now, 8e9, "__name__", "node_memory_MemTotal_bytes", "instance", "db1", "job", "n")
            .compressed());
    JsonNode hosts = hub.json("/api/hub/v1/hosts").get("hosts");
    assertThat(hosts.valueStream().map(host -> host.get("name").asString())).contains("db1");
  }

  @Test
  void an_agent_of_ours_gets_up_written() throws Exception {
    hub.send(
        request(
                new WriteRequestBody()
                    .add(now, 1, "__name__", "node_load1", "instance", "web9", "job", "node")
                    .compressed())
            .header("User-Agent", "evenkeel-agent/0.1.0"));
    assertThat(query("up%7Binstance%3D%22web9%22%7D").get(0).get("value").get(1).asString())
        .isEqualTo("1");
    assertThat(
            hub.json("/api/hub/v1/hosts")
                .get("hosts")
                .valueStream()
                .filter(host -> host.get("name").asString().equals("web9"))
                .map(host -> host.get("agentVersion").asString()))
        .containsExactly("0.1.0");
  }

  @Test
  void a_wrong_type_or_encoding_is_415() throws Exception {
    byte[] body = new WriteRequestBody().add(now, 1, "__name__", "x").compressed();
    HttpResponse<String> type = hub.send(request(body).header("Content-Type", "application/json"));
    assertThat(type.statusCode()).isEqualTo(415);
    assertThat(type.body()).contains("application/x-protobuf");
    HttpResponse<String> encoding = hub.send(request(body).header("Content-Encoding", "zstd"));
    assertThat(encoding.statusCode()).isEqualTo(415);
    HttpResponse<String> message =
        hub.send(request(body).header("Content-Type", "application/x-protobuf;proto=other"));
    assertThat(message.statusCode()).isEqualTo(415);
  }

  @Test
  void bombs_are_413_and_nonsense_is_400() throws Exception {
    byte[] bomb = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 0, 0};
    HttpResponse<String> declared = write(bomb);
    assertThat(declared.statusCode()).isEqualTo(413);
    assertThat(declared.body()).contains("4294967295");
    assertThat(declared.headers().firstValue("X-Prometheus-Remote-Write-Samples-Written"))
        .hasValue("0");
    assertThat(write(new byte[(1 << 20) + 1]).statusCode()).isEqualTo(413);
    assertThat(write("node_load1 1".getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(400);
    assertThat(write(WriteRequestBody.compress(new byte[] {1, 2, 3})).statusCode()).isEqualTo(400);
    assertThat(write(new byte[0]).statusCode()).isEqualTo(400);
  }

  @Test
  void a_label_of_10_mb_and_a_name_that_is_not_utf_8_cost_only_themselves() throws Exception {
    // Snappy makes little of ten million equal letters: the declared length gives it away.
    byte[] huge =
        new WriteRequestBody().add(now, 1, "__name__", "x", "l", "v".repeat(10 << 20)).compressed();
    assertThat(huge.length).isLessThan(1 << 20);
    assertThat(write(huge).statusCode()).isEqualTo(413);
    byte[] plain =
        new WriteRequestBody()
            .add(now, 1, "__name__", "broken", "l", "abcdef")
            .add(now, 1, "__name__", "whole")
            .plain();
    int at = new String(plain, StandardCharsets.ISO_8859_1).indexOf("abcdef");
    plain[at] = (byte) 0xC3;
    HttpResponse<String> answer = write(WriteRequestBody.compress(plain));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("invalid_labels=1", "UTF-8");
    assertThat(query("whole")).hasSize(1);
    assertThat(query("broken")).isEmpty();
    assertThat(hub.get("/metrics").body())
        .contains(
            "evenkeel_ingest_requests_refused_total{door=\"remote_write\",reason=\"too_large\"} 1");
  }

  @Test
  void samples_are_taken_from_ingest_tokens_only_and_these_may_do_nothing_else() throws Exception {
    byte[] body = new WriteRequestBody().add(now, 1, "__name__", "x").compressed();
    token = "ek_unknown";
    assertThat(write(body).statusCode()).isEqualTo(401);
    token = Tokens.make(data, Role.VIEWER, Scope.API);
    assertThat(write(body).statusCode()).isEqualTo(403);
    String ingest = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    assertThat(
            hub.send(hub.request("/api/hub/v1/hosts").header("Authorization", "Bearer " + ingest))
                .statusCode())
        .isEqualTo(403);
  }
}
