package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.gateway.Gateway;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.gateways.SteeredGateway;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Gateways of their own beside a whole hub, which steers them over HTTP.
class SteeredGatewayTest {
  private static final String GATEWAYS = "/api/hub/v1/gateways";

  @TempDir Path folder;
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

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }

  private String yaml(String policy) {
    return """
    listeners:
    - {name: web, address: '127.0.0.1:0', on: gateways}
    - {name: inside, address: '127.0.0.1:0', on: hub}
    routes: [{pool: app}]
    pools:
    - name: app
      policy: %2$s
      slowStart: 0s
      backends:
      - {name: a, address: '127.0.0.1:%1$d'}
      - {name: b, address: '127.0.0.1:%1$d'}
    """
        .formatted(backend.port(), policy);
  }

  private SteeredGateway gateway(String hub, String token, String name, Path state)
      throws Exception {
    return SteeredGateway.start(
        new SteeredGateway.Settings(
            URI.create(hub), token, name, state, Map.of(), Optional.empty(), Optional.empty()),
        Clock.systemUTC());
  }

  private int request(SteeredGateway to) throws Exception {
    InetSocketAddress address = to.gateway().orElseThrow().address("web");
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort())).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static PoolState.BackendState first(SteeredGateway of) {
    return of.gateway().map(Gateway::pools).orElseThrow().getFirst().backends().getFirst();
  }

  private static JsonNode view(Browser admin, int at) {
    return admin.get(GATEWAYS).json().at("/gateways/" + at);
  }

  @Test
  void a_gateway_runs_what_the_hub_tells_and_hears_changes_within_seconds() throws Exception {
    try (TestHub hub = TestHub.start(folder.resolve("hub"))) {
      Browser admin = hub.setUp();
      admin.put("/api/hub/v1/gateway", Map.of("text", yaml("weighted-round-robin")));
      String token = hub.token(admin, "viewer", "gateway");
      Path state = folder.resolve("gateway");
      try (SteeredGateway edge = gateway(hub.hub.url(), token, "edge-1", state)) {
        soon().until(() -> edge.gateway().isPresent());
        assertThat(edge.gateway().orElseThrow().config().listeners())
            .as("listeners of the hub stay there")
            .hasSize(1);
        assertThat(admin.get("/api/hub/v1/pools").json().get("listeners").propertyNames())
            .containsExactly("inside");
        for (int i = 0; i < 10; i++) {
          assertThat(request(edge)).isEqualTo(204);
        }
        soon()
            .untilAsserted(() -> {
              JsonNode one = view(admin, 0);
              assertThat(one.get("name").asString()).isEqualTo("edge-1");
              assertThat(one.get("state").asString()).isEqualTo("steered");
              assertThat(one.get("requests").asLong()).isEqualTo(10);
              assertThat(one.at("/pools/0").asString()).isEqualTo("app");
              assertThat(one.at("/listeners/web").asString()).startsWith("127.0.0.1:");
            });
        soon()
            .untilAsserted(() -> {
              JsonNode a = admin.get("/api/hub/v1/pools").json().at("/pools/0/backends/0");
              assertThat(a.get("requests").asLong()).as("counted with the hub's own").isEqualTo(5);
              assertThat(a.get("share").asDouble()).isEqualTo(0.5);
              assertThat(a.get("p99").isNumber()).isTrue();
              assertThat(admin.get("/metrics").text())
                  .contains(
                      "evenkeel_gateway_requests_total{backend=\"a\",code=\"2xx\",instance=\"edge-1\",pool=\"app\"} 5")
                  .contains("evenkeel_gateway_steered{gateway=\"edge-1\"} 1")
                  .containsOnlyOnce("# TYPE evenkeel_gateway_requests_total");
            });

        String path = "/api/hub/v1/pools/app/backends/a";
        admin.put(path + "/weight", Map.of("weight", 4));
        admin.put(path + "/drain", Map.of("draining", true));
        soon()
            .untilAsserted(() -> {
              assertThat(first(edge).steadyWeight()).isEqualTo(4);
              assertThat(first(edge).draining()).isTrue();
            });
        admin.put("/api/hub/v1/gateway", Map.of("text", yaml("round-robin")));
        soon()
            .untilAsserted(() ->
                assertThat(edge.gateway().orElseThrow().pools().getFirst().policy())
                    .isEqualTo("round-robin"));
        soon().untilAsserted(() -> assertThat(first(edge).draining()).as("still drained").isTrue());
        assertThat(request(edge)).isEqualTo(204);
      }
      soon()
          .untilAsserted(
              () -> assertThat(view(admin, 0).get("state").asString()).isEqualTo("stopped"));
    }
  }

  @Test
  void a_gateway_starts_from_what_it_kept_while_its_hub_is_away() throws Exception {
    Path state = folder.resolve("gateway");
    String address;
    String token;
    try (TestHub hub = TestHub.start(folder.resolve("hub"))) {
      Browser admin = hub.setUp();
      admin.put("/api/hub/v1/gateway", Map.of("text", yaml("round-robin")));
      admin.put("/api/hub/v1/pools/app/backends/a/weight", Map.of("weight", 3));
      address = hub.hub.url();
      token = hub.token(admin, "viewer", "gateway");
      try (SteeredGateway edge = gateway(address, token, "edge-1", state)) {
        soon().until(() -> edge.gateway().isPresent());
        hub.close();
        assertThat(request(edge)).as("it goes on without the hub").isEqualTo(204);
      }
    }
    try (SteeredGateway again = gateway(address, token, "edge-1", state)) {
      assertThat(request(again)).isEqualTo(204);
      assertThat(first(again).steadyWeight()).isEqualTo(3);
    }
  }

  @Test
  void a_configuration_that_a_gateway_cannot_run_is_told_and_what_ran_before_goes_on()
      throws Exception {
    try (TestHub hub = TestHub.start(folder.resolve("hub"))) {
      Browser admin = hub.setUp();
      admin.put("/api/hub/v1/gateway", Map.of("text", yaml("round-robin")));
      String token = hub.token(admin, "viewer", "gateway");
      try (SteeredGateway edge =
          gateway(hub.hub.url(), token, "edge-1", folder.resolve("gateway"))) {
        soon().until(() -> edge.gateway().isPresent());
        String missing =
            "on: gateways, tls: {certificates: [{chain: /nowhere.pem, key: /nowhere.pem}]}";
        assertThat(
                admin
                    .put(
                        "/api/hub/v1/gateway",
                        Map.of("text", yaml("least-requests").replace("on: gateways", missing)))
                    .status())
            .as("the files are the gateway's")
            .isEqualTo(200);
        soon()
            .untilAsserted(() -> {
              JsonNode one = view(admin, 0);
              assertThat(one.get("state").asString()).isEqualTo("refusing");
              assertThat(one.at("/problems/0").asString()).contains("line 2", "/nowhere.pem");
            });
        assertThat(request(edge)).isEqualTo(204);
        assertThat(edge.gateway().orElseThrow().pools().getFirst().policy())
            .isEqualTo("round-robin");
        admin.put("/api/hub/v1/gateway", Map.of("text", ""));
        soon()
            .untilAsserted(
                () -> assertThat(edge.gateway().orElseThrow().config().listeners()).isEmpty());
      }
    }
  }

  @Test
  void two_gateways_of_one_name_are_told_apart_and_only_a_token_of_the_scope_gets_in()
      throws Exception {
    try (TestHub hub = TestHub.start(folder.resolve("hub"))) {
      Browser admin = hub.setUp();
      admin.put("/api/hub/v1/gateway", Map.of("text", yaml("round-robin")));
      String token = hub.token(admin, "viewer", "gateway");
      String wrong = hub.token(admin, "admin", "ingest");
      try (SteeredGateway first = gateway(hub.hub.url(), token, "edge", folder.resolve("1"));
          SteeredGateway second = gateway(hub.hub.url(), wrong, "edge-2", folder.resolve("2"))) {
        soon().until(() -> first.gateway().isPresent());
        try (SteeredGateway same = gateway(hub.hub.url(), token, "edge", folder.resolve("3"))) {
          soon().until(() -> same.trouble().contains("Another gateway reports as 'edge'"));
          assertThat(same.gateway()).isEmpty();
        }
        soon().until(() -> second.trouble().contains("scope"));
        assertThat(second.gateway()).isEmpty();
        assertThat(admin.get(GATEWAYS).json().get("gateways")).hasSize(1);
      }
    }
  }
}
