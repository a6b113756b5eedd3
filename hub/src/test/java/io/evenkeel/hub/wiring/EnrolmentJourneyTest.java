package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A whole hub and real agents in processes of their own, over TLS 1.3.
class EnrolmentJourneyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final JsonNode NONE = RunningHub.parse("null");

  @TempDir Path folder;
  private TestHub hub;
  private TestHub.Browser admin;

  @BeforeEach
  void start() {
    hub = TestHub.withAgents(folder.resolve("hub"));
    admin = hub.setUp();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private String door() {
    return TestHub.agentDoor(admin);
  }

  private String token() {
    return TestHub.enrolmentToken(admin);
  }

  private AgentProcess enrolled(String state, String name, String token) {
    return AgentProcess.start(
        folder.resolve(state), "--hub", door(), "--token", token, "--name", name);
  }

  private JsonNode agent(String name) {
    for (JsonNode agent : admin.get("/api/hub/v1/agents").json().get("agents")) {
      if (agent.get("name").asString().equals(name)) {
        return agent;
      }
    }
    return NONE;
  }

  private String link(String name) {
    JsonNode agent = agent(name);
    return agent.isNull() ? "none" : agent.get("link").get("state").asString();
  }

  private void awaitLink(String name, String state, AgentProcess process) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(link(name)).as(process.output()).isEqualToIgnoringCase(state));
  }

  private JsonNode query(String query) {
    return admin
        .get("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
        .json()
        .get("data")
        .get("result");
  }

  private long samples(String query) {
    JsonNode result = query(query);
    return result.isEmpty() ? 0 : Long.parseLong(result.get(0).get("value").get(1).asString());
  }

  @Test
  void a_server_enrols_reports_obeys_is_renamed_and_is_retired() throws Exception {
    String token = token();
    try (AgentProcess agent = enrolled("a", "web-1", token)) {
      awaitLink("web-1", "connected", agent);
      await()
          .atMost(PATIENCE)
          .until(() -> samples("count(node_memory_MemTotal_bytes{instance=\"web-1\"})") == 1);
      await().atMost(PATIENCE).until(() -> samples("up{instance=\"web-1\",job=\"node\"}") == 1);
      String id = agent("web-1").get("id").asString();

      assertThat(matched("q=WEB")).isEqualTo(1);
      assertThat(matched("q=db")).isZero();
      assertThat(matched("token=" + agent("web-1").get("token").asString())).isEqualTo(1);
      assertThat(matched("token=none")).isZero();
      assertThat(admin.get("/api/hub/v1/agents?page=2").json().get("agents")).isEmpty();

      JsonNode renewed =
          admin
              .post(
                  "/api/hub/v1/agents/" + id + "/commands",
                  Map.of("kind", "renew-certificate", "arguments", List.of()))
              .json();
      assertThat(renewed.get("state").asString()).isEqualTo("done");
      await().atMost(PATIENCE).until(() -> agent.output().contains("the certificate was renewed"));

      JsonNode often =
          admin
              .post(
                  "/api/hub/v1/agents/" + id + "/commands",
                  Map.of("kind", "collect-every", "arguments", List.of("1", "5")))
              .json();
      assertThat(often.get("state").asString()).isEqualTo("done");
      assertThat(
              admin
                  .post(
                      "/api/hub/v1/agents/" + id + "/commands",
                      Map.of("kind", "collect-every", "arguments", List.of("1", "99999")))
                  .status())
          .isEqualTo(400);

      collectorsAreSwitched(id);

      assertThat(admin.put("/api/hub/v1/agents/" + id + "/name", Map.of("name", "shop-1")).status())
          .isEqualTo(200);
      await()
          .atMost(PATIENCE)
          .until(() -> samples("count(node_memory_MemTotal_bytes{instance=\"shop-1\"})") == 1);
      assertThat(agent("shop-1").get("id").asString()).isEqualTo(id);
      assertThat(
              admin
                  .put("/api/hub/v1/agents/" + id + "/name", Map.of("name", "this-machine"))
                  .status())
          .isEqualTo(409);

      assertThat(admin.post("/api/hub/v1/agents/" + id + "/retire", Map.of()).status())
          .isEqualTo(204);
      await().atMost(PATIENCE).until(() -> agent.output().contains("was retired on the hub"));
      assertThat(admin.get("/api/hub/v1/audit").text())
          .contains("agent.enrol", "agent.renew", "agent.rename", "agent.retire")
          .doesNotContain(token);
    }
    try (AgentProcess again = enrolled("b", "web-1", token)) {
      assertThat(again.exitCode()).isEqualTo(1);
      assertThat(again.output()).contains("was used already");
    }
  }

  private int matched(String filter) {
    JsonNode found = admin.get("/api/hub/v1/agents?" + filter).json();
    assertThat(found.get("total").asInt()).isEqualTo(1);
    assertThat(found.get("agents").size()).isEqualTo(found.get("matched").asInt());
    return found.get("matched").asInt();
  }

  /// A collector of a host goes off by its group's setting and on again by its own.
  private void collectorsAreSwitched(String id) {
    String load = "count(node_load1{instance=\"web-1\"})";
    await().atMost(PATIENCE).until(() -> samples(load) == 1);
    Map<String, Object> off = Map.of("periodSeconds", 2, "switchedOff", List.of("loadavg"));
    assertThat(admin.put("/api/hub/v1/groups/shop/collection", off).status()).isEqualTo(404);
    assertThat(
            admin
                .put(
                    "/api/hub/v1/hosts/" + id + "/attributes",
                    Map.of("group", "shop", "owner", "", "tags", List.of()))
                .status())
        .isEqualTo(200);
    assertThat(admin.put("/api/hub/v1/groups/shop/collection", off).status()).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> samples(load) == 0);
    assertThat(samples("count(node_memory_MemTotal_bytes{instance=\"web-1\"})")).isEqualTo(1);
    JsonNode held = admin.get("/api/hub/v1/hosts/" + id + "/collection").json();
    assertThat(held.get("periodSeconds").asInt()).isEqualTo(2);
    assertThat(held.get("periodFrom").asString()).isEqualTo("group");
    await()
        .atMost(PATIENCE)
        .until(
            () -> admin.get("/api/hub/v1/hosts/" + id).json().get("periodMillis").asInt() == 2_000);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(admin.get("/api/hub/v1/hosts/" + id + "/collectors").text())
                .contains(
                    "\"name\":\"loadavg\",\"state\":\"unavailable\",\"reason\":\"switched off"));

    assertThat(
            admin
                .put(
                    "/api/hub/v1/hosts/" + id + "/collection",
                    Map.of("periodSeconds", 1, "switchedOff", List.of()))
                .status())
        .isEqualTo(200);
    await().atMost(PATIENCE).until(() -> samples(load) == 1);
    assertThat(admin.get("/api/hub/v1/audit").text()).contains("group shop", "host web-1");
  }

  @Test
  void what_waited_while_the_hub_was_away_comes_in_order_and_a_stop_is_told_from_a_crash()
      throws Exception {
    String address = door();
    try (AgentProcess agent = enrolled("a", "db-1", token())) {
      awaitLink("db-1", "connected", agent);
      hub.close();
      await().atMost(PATIENCE).until(() -> agent.output().contains("the hub cannot be reached"));
      hub =
          TestHub.start(
              folder.resolve("hub"),
              Map.of(
                  "agents.listen",
                  address.substring("https://".length()),
                  "collection.instance",
                  "this-machine"),
              Clock.systemUTC());
      admin = hub.visitor();
      admin.post("/api/hub/v1/login", Map.of("name", TestHub.ADMIN, "password", TestHub.PASSWORD));
      awaitLink("db-1", "connected", agent);
      agent.stop();
      awaitLink("db-1", "stopped", agent);
      assertNoRoundIsMissing("db-1");
    }
    try (AgentProcess again = AgentProcess.start(folder.resolve("a"))) {
      awaitLink("db-1", "connected", again);
      again.kill();
      awaitLink("db-1", "agent_down", again);
    }
  }

  /// A round a second, also while the hub was away, but for those that the agent itself counted as
  /// missed on a busy machine.
  private void assertNoRoundIsMissing(String instance) {
    JsonNode rounds = query("node_load1{instance=\"" + instance + "\"}[1h]").get(0).get("values");
    double first = rounds.get(0).get(0).asDouble();
    double last = rounds.get(rounds.size() - 1).get(0).asDouble();
    JsonNode missed =
        query("evenkeel_agent_missed_rounds_total{instance=\"" + instance + "\"}[1h]")
            .get(0)
            .get("values");
    int counted = Integer.parseInt(missed.get(missed.size() - 1).get(1).asString());
    assertThat(rounds.size() + counted).isGreaterThanOrEqualTo((int) Math.floor(last - first));
  }

  @Test
  void equal_names_get_a_number_and_a_clone_is_refused() throws Exception {
    try (AgentProcess first = enrolled("a", "this-machine", token())) {
      awaitLink("this-machine-2", "connected", first);
      Path copy = Files.createDirectories(folder.resolve("clone"));
      try (Stream<Path> files = Files.list(folder.resolve("a"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
      // On the same boot the second start looks like a restart and takes over; the first, which
      // still
      // runs, is then the one too many.
      try (AgentProcess second = AgentProcess.start(copy)) {
        await().atMost(PATIENCE).until(() -> first.output().contains("it is a clone"));
        assertThat(second.isAlive()).isTrue();
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(agent("this-machine-2").get("link").get("cloneAddress").asString())
                    .isEqualTo("127.0.0.1"));
      }
    }
  }

  @Test
  void what_is_wrong_with_a_token_is_said_on_both_sides() throws Exception {
    String good = token();
    String forged = good.substring(0, 17) + "0".repeat(32) + good.substring(49);
    String otherHub = good.substring(0, good.length() - 64) + "0".repeat(64);
    admin.post(
        "/api/hub/v1/enrolment/fleet-keys",
        Map.of("host", "127.0.0.1", "name", "x", "uses", 0, "days", 1, "network", ""));
    String elsewhere =
        admin
            .post(
                "/api/hub/v1/enrolment/fleet-keys",
                Map.of(
                    "host",
                    "127.0.0.1",
                    "name",
                    "x",
                    "uses",
                    5,
                    "days",
                    1,
                    "network",
                    "10.0.0.0/8"))
            .json()
            .get("token")
            .asString();
    refused("1", forged, "unknown or revoked");
    refused("2", otherHub, "this is not the hub that gave the token");
    refused("3", elsewhere, "for servers in 10.0.0.0/8");
    refused("4", good.substring(0, 60), "cut off or mistyped");
    assertThat(admin.get("/api/hub/v1/agents").json().get("agents")).isEmpty();
  }

  private void refused(String state, String token, String reason) throws Exception {
    try (AgentProcess agent = enrolled(state, "x", token)) {
      assertThat(agent.exitCode()).isEqualTo(1);
      assertThat(agent.output()).contains(reason);
    }
  }
}
