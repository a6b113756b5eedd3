package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The load balancer of a whole hub, from its configuration over HTTP to series in the store.
class PoolJourneyTest {
  @TempDir Path data;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private TestServer backend;

  @BeforeEach
  void open() throws Exception {
    backend = TestServer.start(path -> 204);
  }

  @AfterEach
  void close() {
    backend.close();
    http.close();
  }

  private String yaml() {
    return """
    listeners: [{name: web, address: '127.0.0.1:0'}]
    routes: [{pool: app}]
    pools:
    - name: app
      policy: weighted-round-robin
      backends:
      - {name: a, address: '127.0.0.1:%1$d'}
      - {name: b, address: '127.0.0.1:%1$d'}
    """
        .formatted(backend.port());
  }

  private int request(String listener) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://" + listener + "/")).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static String listener(Browser who) {
    return who.get("/api/hub/v1/pools").json().at("/listeners/web").asString();
  }

  @Test
  void a_hub_without_a_configuration_says_so() {
    try (TestHub hub = TestHub.start(data)) {
      JsonNode pools = hub.setUp().get("/api/hub/v1/pools").json();
      assertThat(pools.get("origin").asString()).isEqualTo("none");
      assertThat(pools.get("pools")).isEmpty();
    }
  }

  @Test
  void pools_are_configured_used_and_changed_over_the_api() throws Exception {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      Browser operator = hub.person(admin, "otto", "operator");
      assertThat(admin.put("/api/hub/v1/gateway", Map.of("text", yaml())).status()).isEqualTo(200);
      for (int i = 0; i < 10; i++) {
        assertThat(request(listener(operator))).isEqualTo(204);
      }
      JsonNode first = operator.get("/api/hub/v1/pools").json().at("/pools/0/backends/0");
      assertThat(first.get("requests").asLong()).isEqualTo(5);
      assertThat(first.get("share").asDouble()).isEqualTo(0.5);

      String a = "/api/hub/v1/pools/app/backends/a";
      assertThat(operator.put(a + "/weight", Map.of("weight", 4)).status()).isEqualTo(200);
      assertThat(operator.put(a + "/weight", Map.of("weight", -1)).status()).isEqualTo(400);
      assertThat(operator.put(a + "/drain", Map.of("draining", true)).status()).isEqualTo(200);
      assertThat(operator.put(a + "x/drain", Map.of("draining", true)).status()).isEqualTo(404);
      request(listener(operator));
      JsonNode drained = operator.get("/api/hub/v1/pools").json().at("/pools/0/backends");
      assertThat(drained.at("/0/draining").asBoolean()).isTrue();
      assertThat(drained.at("/0/requests").asLong()).isEqualTo(5);
      assertThat(drained.at("/1/requests").asLong()).isEqualTo(6);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(
                      operator
                          .get("/api/hub/v1/pools/app/weight-changes")
                          .json()
                          .at("/changes/0/reason")
                          .asString())
                  .isEqualTo("set_by_hand"));

      Map<String, Object> c =
          Map.of("address", "127.0.0.1:" + backend.port(), "weight", 2, "host", "");
      assertThat(admin.put("/api/hub/v1/pools/app/backends/c", c).status()).isEqualTo(200);
      assertThat(admin.delete("/api/hub/v1/pools/app/backends/b").status()).isEqualTo(204);
      assertThat(request(listener(admin))).isEqualTo(204);
      assertThat(admin.get("/api/hub/v1/pools").json().at("/pools/0/backends").size()).isEqualTo(2);
      assertThat(admin.get("/api/hub/v1/audit").text())
          .contains("gateway.configure", "gateway.drain", "gateway.weight");
    }
    try (TestHub again = TestHub.start(data)) {
      Browser admin = again.visitor();
      admin.post("/api/hub/v1/login", Map.of("name", TestHub.ADMIN, "password", TestHub.PASSWORD));
      assertThat(
              admin.get("/api/hub/v1/pools").json().at("/pools/0/backends/0/draining").asBoolean())
          .isTrue();
      assertThat(request(listener(admin))).isEqualTo(204);
    }
  }

  @Test
  void a_wrong_configuration_is_refused_with_every_problem_and_what_ran_goes_on() throws Exception {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      admin.put("/api/hub/v1/gateway", Map.of("text", yaml()));
      Answer refused =
          admin.put(
              "/api/hub/v1/gateway",
              Map.of(
                  "text",
                  yaml()
                      .replace("policy: weighted-round-robin", "policy: best")
                      .replace("pool: app", "pool: ap")));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("line 2", "did you mean 'app'", "line 5", "best");
      assertThat(request(listener(admin))).isEqualTo(204);
      Map<String, Object> metadata =
          Map.of("address", "169.254.169.254:80", "weight", 1, "host", "");
      assertThat(admin.put("/api/hub/v1/pools/app/backends/c", metadata).status()).isEqualTo(400);
      assertThat(
              admin
                  .put(
                      "/api/hub/v1/gateway",
                      Map.of("text", yaml() + "accessLog: /tmp/everything\n"))
                  .text())
          .contains("accessLog");
      assertThat(admin.put("/api/hub/v1/gateway", Map.of("text", "a: [")).status()).isEqualTo(400);
    }
  }

  @Test
  void a_file_decides_alone_and_is_followed() throws Exception {
    Path file = data.resolve("gateway.yaml");
    Files.writeString(file, yaml());
    try (TestHub hub =
        TestHub.start(data.resolve("hub"), Map.of("gateway.file", file.toString()))) {
      Browser admin = hub.setUp();
      assertThat(request(listener(admin))).isEqualTo(204);
      assertThat(admin.put("/api/hub/v1/gateway", Map.of("text", yaml())).status()).isEqualTo(409);
      assertThat(admin.delete("/api/hub/v1/pools/app/backends/b").status()).isEqualTo(409);

      Files.writeString(file, yaml().replace("policy:", "polcy:"));
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(admin.get("/api/hub/v1/pools").json().at("/problems/0").asString())
                  .contains("line 5", "policy"));
      assertThat(request(listener(admin))).isEqualTo(204);
    }
  }

  @Test
  void traffic_becomes_series_in_the_store() throws Exception {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      admin.put("/api/hub/v1/gateway", Map.of("text", yaml()));
      for (int i = 0; i < 6; i++) {
        request(listener(admin));
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            hub.clock.advance(Duration.ofSeconds(10));
            assertThat(
                    admin
                        .get(
                            "/api/v1/query?query=sum(evenkeel_gateway_requests_total%7Bpool%3D%22app%22%7D)")
                        .json()
                        .at("/data/result/0/value/1")
                        .asString())
                .isEqualTo("6");
          });
    }
  }
}
