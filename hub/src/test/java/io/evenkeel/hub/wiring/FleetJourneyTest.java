package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A few servers, seen as one fleet over HTTP.
class FleetJourneyTest {
  @TempDir Path data;

  private String token = "";
  private String operator = "";
  private RunningHub hub;

  /// The time of the test, read when the hub has started, however long that took.
  private long now;

  @BeforeEach
  void open() throws Exception {
    token = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    operator = Tokens.make(data, Role.OPERATOR, Scope.API);
    hub = new RunningHub(data);
    now = System.currentTimeMillis();
    for (int second = 0; second < 2; second++) {
      WriteRequestBody body = new WriteRequestBody();
      for (int host = 1; host <= 12; host++) {
        long time = now - 4_000 + second * 1_000L;
        add(body, time, host, "node_cpu_seconds_total", "mode", "idle", second * (1 - host / 20.0));
        add(body, time, host, "node_cpu_seconds_total", "mode", "user", second * host / 20.0);
        add(body, time, host, "node_memory_MemTotal_bytes", "a", "", 1e9);
        add(body, time, host, "node_memory_MemAvailable_bytes", "a", "", 1e9 - host * 5e7);
        add(body, time, host, "node_filesystem_size_bytes", "mountpoint", "/", 1e9);
        add(body, time, host, "node_filesystem_avail_bytes", "mountpoint", "/", 9e8);
        add(body, time, host, "node_filesystem_size_bytes", "mountpoint", "/var", 1e9);
        add(body, time, host, "node_filesystem_avail_bytes", "mountpoint", "/var", host * 1e7);
      }
      int status =
          hub.send(
                  hub.request("/api/v1/write")
                      .header("Authorization", "Bearer " + token)
                      .header("User-Agent", "evenkeel-agent/1")
                      .header("Content-Type", "application/x-protobuf")
                      .header("Content-Encoding", "snappy")
                      .POST(HttpRequest.BodyPublishers.ofByteArray(body.compressed())))
              .statusCode();
      assertThat(status).isEqualTo(204);
    }
  }

  private static void add(
      WriteRequestBody body,
      long time,
      int host,
      String metric,
      String label,
      String text,
      double value) {
    String instance = "web-" + host;
    if (text.isEmpty()) {
      body.add(time, value, "__name__", metric, "instance", instance, "job", "node");
    } else if (label.compareTo("job") < 0) {
      body.add(time, value, "__name__", metric, label, text, "instance", instance, "job", "node");
    } else {
      body.add(time, value, "__name__", metric, "instance", instance, "job", "node", label, text);
    }
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private JsonNode fleet(String query) throws Exception {
    return hub.json("/api/hub/v1/fleet?q=web-&" + query);
  }

  private int change(String method, String path, String json) throws Exception {
    return hub.send(
            hub.request(path)
                .header("Authorization", "Bearer " + operator)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json)))
        .statusCode();
  }

  private static List<String> names(JsonNode page) {
    List<String> names = new ArrayList<>();
    page.get("hosts").forEach(one -> names.add(one.get("host").get("name").asString()));
    return names;
  }

  @Test
  void hosts_are_sorted_paged_and_counted_with_their_fullest_mount() throws Exception {
    JsonNode first = fleet("sort=-cpu&limit=3");
    assertThat(names(first)).containsExactly("web-12", "web-11", "web-10");
    assertThat(first.get("matched").asInt()).isEqualTo(12);
    assertThat(first.get("total").asInt()).isGreaterThanOrEqualTo(12);
    assertThat(names(fleet("sort=-cpu&limit=3&page=4"))).containsExactly("web-3", "web-2", "web-1");
    assertThat(names(fleet("sort=name&limit=2"))).containsExactly("web-1", "web-2");
    JsonNode signals = first.get("hosts").get(0).get("host").get("signals");
    assertThat(signals.get("cpu").asDouble()).isBetween(0.59, 0.61);
    assertThat(signals.get("memory").asDouble()).isBetween(0.59, 0.61);
    assertThat(signals.get("disk").asDouble()).isBetween(0.87, 0.89);
    assertThat(signals.get("mount").asString()).isEqualTo("/var");
    assertThat(signals.get("networkBytesPerSecond").isNull()).isTrue();
    assertThat(hub.get("/api/hub/v1/fleet?sort=colour").statusCode()).isEqualTo(400);
    assertThat(hub.get("/api/hub/v1/fleet?status=sick").statusCode()).isEqualTo(400);
  }

  @Test
  void a_group_can_be_found_and_taken_into_maintenance() throws Exception {
    String id = fleet("sort=name&limit=1").get("hosts").get(0).get("host").get("id").asString();
    String said = "{\"group\":\"shop\",\"owner\":\"ann\",\"tags\":[\"eu\"]}";
    assertThat(change("PUT", "/api/hub/v1/hosts/" + id + "/attributes", said)).isEqualTo(200);
    assertThat(names(fleet("group=shop"))).containsExactly("web-1");
    assertThat(names(fleet("tag=eu"))).containsExactly("web-1");
    assertThat(names(hub.json("/api/hub/v1/fleet?q=ANN"))).containsExactly("web-1");
    assertThat(fleet("").get("groups").get("shop").asInt()).isEqualTo(1);
    String window =
        """
        {"matchers":[{"name":"group","operator":"=","value":"shop"}],"maintenance":true,
         "comment":"new disks","schedule":{"startsAt":%d,"endsAt":%d,"days":[],"from":null,"minutes":0,
         "zone":null}}
        """
            .formatted(now - 1_000, now + 600_000);
    assertThat(change("POST", "/api/hub/v1/silences", window)).isEqualTo(200);
    assertThat(names(fleet("status=maintenance"))).containsExactly("web-1");
  }

  @Test
  void a_strip_tells_of_each_half_hour_and_knows_nothing_from_before() throws Exception {
    String strip =
        hub.json("/api/hub/v1/fleet/strips?names=web-1,none").get("strips").get("web-1").asString();
    // The samples are some seconds old: a half hour may have ended since.
    assertThat(strip).matches("\\.{46}(\\.o|o.)");
  }
}
