package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.wiring.TestHub.Browser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Probes that a real agent runs for a real hub, over the real link.
class AgentProbeJourneyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PROBES = "/api/hub/v1/probes";

  @TempDir Path folder;
  private TestServer pages;
  private TestHub hub;
  private Browser admin;
  private AgentProcess agent;

  @BeforeEach
  void start() throws Exception {
    pages = TestServer.start(path -> 200);
    hub = TestHub.withAgents(folder.resolve("hub"));
    admin = hub.setUp();
    agent =
        AgentProcess.start(
            folder.resolve("a"),
            "--hub",
            TestHub.agentDoor(admin),
            "--token",
            TestHub.enrolmentToken(admin),
            "--name",
            "web-1",
            "--probe-loopback",
            "yes");
    awaitCount("up{instance=\"web-1\",job=\"node\"}", 1);
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
    }
    hub.close();
    pages.close();
  }

  private JsonNode result(String expression) {
    return admin
        .get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .json()
        .get("data")
        .get("result");
  }

  private void awaitCount(String expression, int series) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(result(expression).size())
                .as(expression + (agent == null ? "" : agent.output()))
                .isEqualTo(series));
  }

  private Map<String, Object> page(List<String> from) {
    Map<String, Object> http = ProbeBodies.http("http://127.0.0.1:" + pages.port() + "/");
    return probe("shop", Map.of("http", http, "from", from));
  }

  private static Map<String, Object> probe(String name, Map<String, Object> rest) {
    Map<String, Object> all = new HashMap<>(rest);
    all.putAll(Map.of("name", name, "intervalSeconds", 5, "timeoutMillis", 4_000));
    all.put("family", "any");
    return all;
  }

  private void tag(String hostId, List<String> tags) {
    assertThat(
            admin
                .put(
                    "/api/hub/v1/hosts/" + hostId + "/attributes",
                    Map.of("group", "", "owner", "", "tags", tags))
                .status())
        .isEqualTo(200);
  }

  private JsonNode seen(String name) {
    for (JsonNode probe : admin.get(PROBES).json().get("probes")) {
      if (probe.get("probe").get("name").asString().equals(name)) {
        return probe.get("seen");
      }
    }
    throw new AssertionError("there is no probe " + name);
  }

  @Test
  void an_agent_asks_while_its_server_is_meant_and_its_answers_stay_apart_from_its_own_series() {
    String added = admin.post(PROBES, page(List.of("hub", "tag:edge"))).json().get("id").asString();
    awaitCount("probe_success{probe=\"shop\"} == 1", 1);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen("shop")).hasSize(1));

    String host = admin.get("/api/hub/v1/agents").json().get("agents").get(0).get("id").asString();
    tag(host, List.of("edge"));
    awaitCount("probe_success{probe=\"shop\"} == 1", 2);
    awaitCount("probe_http_duration_seconds{from=\"web-1\",phase=\"connect\"}", 1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(seen("shop")).hasSize(2);
          JsonNode there = seen("shop").get(1);
          assertThat(there.get("server").asString()).isEqualTo("web-1");
          assertThat(there.get("last").get("answer").get("status").asInt()).isEqualTo(200);
        });
    awaitCount("up{instance!=\"web-1\"}", 1);
    assertThat(result("count(up)").get(0).get("value").get(1).asString())
        .as("a target is no host")
        .isEqualTo("2");

    admin.post(
        PROBES,
        probe(
            "metadata",
            Map.of("icmp", Map.of("host", "169.254.169.254"), "from", List.of("server:web-1"))));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(seen("metadata")).hasSize(1);
          assertThat(seen("metadata").get(0).toString()).contains("forbidden_address");
        });
    awaitCount("probe_success{probe=\"metadata\",from=\"web-1\"} == 0", 1);

    tag(host, List.of());
    awaitCount("probe_success{probe=\"shop\",from=\"web-1\"}", 0);
    awaitCount("probe_success{probe=\"shop\"}", 1);
    awaitCount("node_load1{instance=\"web-1\"}", 1);
    assertThat(admin.put(PROBES + "/" + added, page(List.of("rack:3"))).status()).isEqualTo(400);
    assertThat(admin.put(PROBES + "/" + added, page(List.of("server:web-1"))).status())
        .isEqualTo(200);
    awaitCount("probe_success{probe=\"shop\",from=\"web-1\"} == 1", 1);
    awaitCount("probe_success{probe=\"shop\",from=\"\"}", 0);
  }
}
