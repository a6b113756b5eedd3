package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.config.ConfigReader;
import io.evenkeel.hub.notify.channel.StrictService;
import io.evenkeel.hub.notify.channel.StrictService.Reply;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From a sample over HTTP to a message at a service, on a whole hub.
class AlertJourneyTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path data;
  private final HttpClient http = HttpClient.newHttpClient();
  private final StrictService service = new StrictService(got -> Reply.status(200));
  private HubWiring hub;
  private String admin = "";
  private String ingest = "";
  private long lastPush;

  @BeforeEach
  void open() throws Exception {
    admin = Tokens.make(data, Role.ADMIN, Scope.API);
    ingest = Tokens.make(data, Role.ADMIN, Scope.INGEST);
    hub =
        HubWiring.start(
            ConfigReader.read(
                null,
                Map.of(
                    "listen",
                    "127.0.0.1:0",
                    "data",
                    data.toString(),
                    "outgoing.privateNetworks",
                    "127.0.0.0/8")),
            Clock.systemUTC());
    Map<String, Object> channel = new HashMap<>();
    channel.put("name", "hook");
    channel.put("kind", "webhook");
    channel.put("form", Map.of("address", service.url() + "/hook"));
    channel.put("forget", List.of());
    channel.put("recipients", List.of(Map.of("address", "", "language", "en")));
    channel.put("fallbackId", null);
    channel.put("enabled", true);
    call("POST", "/api/hub/v1/channels", channel);
    Map<String, Object> condition = new HashMap<>();
    condition.put("metric", "test_load");
    condition.put("operator", ">");
    condition.put("threshold", 0.8);
    condition.put("negated", false);
    condition.put("clearAt", null);
    Map<String, Object> rule = new HashMap<>();
    rule.put("name", "LoadHigh");
    rule.put("form", Map.of("conditions", List.of(condition), "all", true));
    rule.put("expression", null);
    rule.put("clear", null);
    rule.put("holdSeconds", 0);
    rule.put("keepFiringSeconds", 0);
    rule.put("severity", "critical");
    rule.put("labels", Map.of());
    rule.put("annotations", Map.of("summary", "{{ $labels.instance }} at {{ $value }}"));
    call("POST", "/api/hub/v1/rules", rule);
  }

  @AfterEach
  void close() {
    hub.close();
    service.close();
    http.close();
  }

  private JsonNode call(String method, String path, Object body) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(hub.url() + path))
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .method(
                    method,
                    body.equals("")
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isBetween(200, 204);
    return answer.body().isEmpty() ? JSON.missingNode() : JSON.readTree(answer.body());
  }

  private void push(String instance, double... values) throws Exception {
    // Later than the last one, even where the machine's clock stands still or is set back.
    lastPush = Math.max(lastPush + 1, System.currentTimeMillis());
    WriteRequestBody body = new WriteRequestBody();
    for (int i = 0; i < values.length; i++) {
      body.add(
          lastPush, values[i], "__name__", "test_load", "device", "d" + i, "instance", instance);
    }
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(hub.url() + "/api/v1/write"))
                .header("Authorization", "Bearer " + ingest)
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .header("Content-Encoding", "snappy")
                .header("Content-Type", "application/x-protobuf")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.compressed()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(204);
  }

  private List<JsonNode> messages() {
    return service.got.stream().map(got -> JSON.readTree(got.body())).toList();
  }

  private JsonNode incident() throws Exception {
    return call("GET", "/api/hub/v1/incidents?q=LoadHigh", "")
        .path("incidents")
        .path(0)
        .path("incident");
  }

  @Test
  void a_person_is_told_acknowledges_and_is_told_the_end() throws Exception {
    push("web-1", 0.7);
    push("web-1", 0.95);
    await().atMost(SOON).until(() -> messages().size() == 1);
    JsonNode fired = messages().getFirst();
    assertThat(fired.path("kind").asString()).isEqualTo("fired");
    assertThat(fired.path("title").asString()).isEqualTo("[Critical] LoadHigh · web-1");
    assertThat(fired.path("message").asString()).contains("web-1 at 0.95", "condition > 0.8");

    String id = incident().path("id").asString();
    call("POST", "/api/hub/v1/incidents/" + id + "/acknowledge", Map.of("minutes", 30));
    call("POST", "/api/hub/v1/incidents/" + id + "/assign", Map.of("assignee", "mei"));
    call("POST", "/api/hub/v1/incidents/" + id + "/comment", Map.of("text", "looking"));
    JsonNode detail = call("GET", "/api/hub/v1/incidents/" + id, "");
    assertThat(detail.at("/incident/state").asString()).isEqualTo("acknowledged");
    assertThat(detail.at("/incident/assignee").asString()).isEqualTo("mei");
    assertThat(detail.at("/willTell/0").asString()).isEqualTo("hook");
    assertThat(detail.at("/alerts/0/condition").asString()).isEqualTo("> 0.8");
    assertThat(detail.at("/messages/0/state").asString()).isIn("sent", "queued");
    assertThat(detail.path("events").findValuesAsString("kind"))
        .contains("fired", "told", "acknowledged", "assigned", "commented");

    push("web-1", 0.1);
    await().atMost(SOON).until(() -> messages().size() == 2);
    assertThat(messages().getLast().path("status").asString()).isEqualTo("resolved");
    assertThat(incident().path("state").asString()).isEqualTo("resolved");

    push("web-1", 0.99);
    await().atMost(SOON).until(() -> messages().size() == 3);
    assertThat(incident().path("id").asString()).as("reopened").isEqualTo(id);
  }

  @Test
  void a_thousand_alerts_of_one_host_are_at_most_two_messages() throws Exception {
    double[] all = new double[1_000];
    java.util.Arrays.fill(all, 0.9);
    push("web-2", all);
    await().atMost(SOON).until(() -> !messages().isEmpty());
    await()
        .atMost(SOON)
        .until(() ->
            call("GET", "/api/hub/v1/incidents?q=web-2", "").at("/incidents/0/firing").asInt(0)
                == 1_000);
    assertThat(messages()).hasSizeLessThanOrEqualTo(2);
    assertThat(messages().getFirst().path("truncatedAlerts").asInt()).isEqualTo(980);
  }

  @Test
  void what_is_silenced_is_an_incident_that_nobody_is_told_of() throws Exception {
    Map<String, Object> schedule = new HashMap<>();
    schedule.put("startsAt", System.currentTimeMillis() - 1_000);
    schedule.put("endsAt", System.currentTimeMillis() + 600_000);
    schedule.put("days", List.of());
    schedule.put("from", null);
    schedule.put("minutes", 0);
    schedule.put("zone", null);
    JsonNode silence =
        call(
            "POST",
            "/api/hub/v1/silences",
            Map.of(
                "matchers",
                List.of(Map.of("name", "instance", "operator", "=~", "value", "web-.*")),
                "schedule",
                schedule,
                "maintenance",
                true,
                "comment",
                "planned"));
    push("web-3", 0.9);
    await().atMost(SOON).until(() -> !incident().isMissingNode());
    assertThat(incident().path("suppressedBy").asString()).isEqualTo("maintenance");
    assertThat(messages()).isEmpty();
    call("DELETE", "/api/hub/v1/silences/" + silence.path("id").asString(), "");
    await().atMost(SOON).until(() -> messages().size() == 1);
  }

  @Test
  void prometheus_form_and_rule_files_come_back() throws Exception {
    String file = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'vector(1)'} # mine\n";
    call("PUT", "/api/hub/v1/rule-files/mine.yml", Map.of("content", file));
    HttpResponse<String> exported =
        http.send(
            HttpRequest.newBuilder(URI.create(hub.url() + "/api/hub/v1/rule-files/mine.yml"))
                .header("Authorization", "Bearer " + admin)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(exported.body()).isEqualTo(file);
    JsonNode groups = call("GET", "/api/v1/rules", "").at("/data/groups");
    assertThat(groups.findValuesAsString("name")).contains("g", "A", "evenkeel-host", "LoadHigh");
    push("web-4", 0.9);
    await()
        .atMost(SOON)
        .until(() ->
            call("GET", "/api/v1/alerts", "").at("/data/alerts").toString().contains("web-4"));
  }
}
