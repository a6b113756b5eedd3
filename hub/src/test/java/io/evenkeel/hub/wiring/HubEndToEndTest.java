package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.wiring.RunningHub.Events;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A whole hub with this machine's agent, asked over HTTP as a browser asks it.
class HubEndToEndTest {
  private static final String CPU =
      "sum by (mode) (rate(node_cpu_seconds_total[$window])) / scalar(count(count by (cpu) (node_cpu_seconds_total)))";

  @TempDir Path data;

  private static String self(RunningHub hub) throws Exception {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !hub.json("/api/hub/v1/hosts").get("hosts").isEmpty());
    return hub.json("/api/hub/v1/hosts").get("hosts").get(0).get("id").asString();
  }

  private static void follow(RunningHub hub, String stream, String host) throws Exception {
    String body =
        """
        {"subs":[{"id":"load","expr":"node_load1","host":"%s"},{"id":"cpu","expr":"%s","host":"%s"}]}
        """
            .formatted(host, CPU, host);
    assertThat(hub.put("/api/hub/v1/live/" + stream + "/subscriptions", body).statusCode())
        .isEqualTo(204);
  }

  @Test
  void a_new_hub_shows_this_machine_live_and_keeps_its_history_over_a_restart() throws Exception {
    long firstSampleAt;
    long endedAt;
    try (RunningHub hub = new RunningHub(data)) {
      String host = self(hub);
      String lastId;
      String stream;
      long lastSeen;
      Events watcher = hub.live(null);
      follow(hub, watcher.next("hello").data().get("stream").asString(), host);
      try (Events live = hub.live(null)) {
        JsonNode hello = live.next("hello").data();
        stream = hello.get("stream").asString();
        assertThat(hello.get("periodMillis").asLong()).isEqualTo(1000);
        follow(hub, stream, host);
        Events.Event frame = live.next("frame");
        firstSampleAt = frame.data().get("t").asLong();
        // Until a window is full, a rate is less than what it will be.
        while (cpuSum(frame.data()) < 0.9) {
          frame = live.next("frame");
        }
        assertThat(cpuSum(frame.data())).isLessThan(1.5);
        assertThat(frame.data().get("sent").asLong() - frame.data().get("t").asLong())
            .isLessThan(30_000);
        JsonNode state = live.next("hosts").data().get("hosts").get(0);
        assertThat(state.get("status").asString()).isEqualTo("ok");
        frame = live.next("frame");
        lastId = frame.id();
        lastSeen = frame.data().get("t").asLong();
      }
      // The browser loses its connection and comes back some frames later; another one sees them.
      List<Long> missed = new ArrayList<>();
      while (missed.size() < 3) {
        long seen = watcher.next("frame").data().get("t").asLong();
        if (seen > lastSeen) {
          missed.add(seen);
        }
      }
      watcher.close();
      try (Events live = hub.live(lastId)) {
        assertThat(live.next("hello").data().get("stream").asString()).isEqualTo(stream);
        follow(hub, stream, host);
        long next = live.next("frame").data().get("t").asLong();
        assertThat(next).isEqualTo(missed.getFirst());
      }
      assertThat(hub.post("/api/hub/v1/live/latency", "{\"millis\":[120,80]}").statusCode())
          .isEqualTo(204);
      JsonNode status = hub.json("/api/hub/v1/status");
      assertThat(status.get("eventToChart").get("count").asInt()).isEqualTo(2);
      assertThat(status.get("eventToChart").get("p99Millis").asDouble()).isBetween(116.0, 124.0);
      assertThat(status.get("series").asInt()).isGreaterThan(300);
      assertThat(status.get("samplesPerSecond").asDouble()).isPositive();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertHost(hub, host));
      endedAt = System.currentTimeMillis();
      assertMetricsPage(hub);
    }
    try (RunningHub hub = new RunningHub(data)) {
      String host = self(hub);
      long now = System.currentTimeMillis();
      JsonNode chart = chart(hub, firstSampleAt - 60_000, now, 1_000, "node_load1");
      JsonNode line = chart.get("results").get(0).get("series").get(0);
      assertThat(line.get("labels").get("instance").asString()).isEqualTo("this-machine");
      assertThat(line.get("avg").get(0).isNull()).isTrue();
      int at = indexAtOrAfter(chart.get("times"), firstSampleAt);
      assertThat(line.get("avg").get(at).isNumber()).isTrue();
      JsonNode hosts = hub.json("/api/hub/v1/hosts");
      assertThat(hosts.get("hosts")).hasSize(1);
      assertThat(hosts.get("hosts").get(0).get("id").asString()).isEqualTo(host);
      JsonNode processes = hub.json("/api/hub/v1/hosts/" + host + "/processes?at=" + endedAt);
      assertThat(processes.get("at").asLong()).isLessThanOrEqualTo(endedAt);
    }
  }

  private static double cpuSum(JsonNode frame) {
    double sum = 0;
    for (JsonNode sub : frame.get("subs")) {
      if (sub.get("id").asString().equals("cpu")) {
        for (JsonNode share : sub.get("v")) {
          sum += share.asDouble();
        }
      }
    }
    return sum;
  }

  private static int indexAtOrAfter(JsonNode times, long at) {
    for (int i = 0; i < times.size(); i++) {
      if (times.get(i).asLong() >= at) {
        return i;
      }
    }
    throw new AssertionError("no time after " + at);
  }

  private static void assertHost(RunningHub hub, String id) throws Exception {
    JsonNode host = hub.json("/api/hub/v1/hosts/" + id);
    assertThat(host.get("name").asString()).isEqualTo("this-machine");
    assertThat(host.get("self").asBoolean()).isTrue();
    assertThat(host.get("status").asString()).isEqualTo("ok");
    assertThat(host.get("cores").asInt()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(host.get("memoryBytes").asLong()).isGreaterThan(100_000_000);
    assertThat(host.get("kernel").asString()).isNotEmpty();
    assertThat(host.get("periodMillis").asLong()).isEqualTo(1000);
    JsonNode collectors = hub.json("/api/hub/v1/hosts/" + id + "/collectors").get("collectors");
    assertThat(collectors.size()).isGreaterThan(5);
    assertThat(collectors.get(0).get("state").asString()).isIn("ok", "unavailable", "failing");
    JsonNode processes = hub.json("/api/hub/v1/hosts/" + id + "/processes?limit=3");
    assertThat(processes.get("processes").size()).isBetween(1, 3);
    assertThat(processes.get("processes").get(0).get("pid").asInt()).isPositive();
    assertThat(hub.json("/api/hub/v1/hosts/" + id + "/quality").get("suspects").isArray()).isTrue();
    assertThat(hub.get("/api/hub/v1/hosts/nope").statusCode()).isEqualTo(404);
    JsonNode up = hub.json("/api/v1/query?query=up").get("data").get("result").get(0);
    assertThat(up.get("metric").get("job").asString()).isEqualTo("node");
    assertThat(up.get("value").get(1).asString()).isEqualTo("1");
  }

  private static void assertMetricsPage(RunningHub hub) throws Exception {
    String page = hub.get("/metrics").body();
    assertThat(page)
        .contains("# TYPE node_cpu_seconds_total counter\n")
        .contains("\nnode_load1 ")
        .contains("# TYPE evenkeel_event_to_chart_seconds histogram\n")
        .contains("evenkeel_http_requests_total{");
    Set<String> families = new HashSet<>();
    page.lines()
        .filter(line -> line.startsWith("# TYPE "))
        .forEach(line -> assertThat(families.add(line)).as(line).isTrue());
  }

  private static JsonNode chart(
      RunningHub hub, long from, long to, int maxPoints, String expression) throws Exception {
    HttpResponse<String> answer =
        hub.post(
            "/api/hub/v1/chart",
            "{\"from\":%d,\"to\":%d,\"maxPoints\":%d,\"queries\":[{\"id\":\"q\",\"expr\":\"%s\"}]}"
                .formatted(from, to, maxPoints, expression));
    assertThat(answer.statusCode()).isEqualTo(200);
    return RunningHub.parse(answer.body());
  }

  @Test
  void errors_tell_what_and_where() throws Exception {
    try (RunningHub hub = new RunningHub(data)) {
      String host = self(hub);
      long now = System.currentTimeMillis();
      JsonNode bad = chart(hub, now - 60_000, now, 100, "rate(node_load1[$window]) +");
      JsonNode error = bad.get("results").get(0).get("error");
      assertThat(error.get("message").asString()).contains("parse error");
      assertThat(error.get("position").asInt()).isBetween(25, 28);
      HttpResponse<String> range =
          hub.post("/api/hub/v1/chart", "{\"from\":2,\"to\":1,\"maxPoints\":100,\"queries\":[]}");
      assertThat(range.statusCode()).isEqualTo(400);
      assertThat(RunningHub.parse(range.body()).get("error").get("field").asString())
          .isEqualTo("to");
      try (Events live = hub.live(null)) {
        String stream = live.next("hello").data().get("stream").asString();
        HttpResponse<String> refused =
            hub.put(
                "/api/hub/v1/live/" + stream + "/subscriptions",
                "{\"subs\":[{\"id\":\"a\",\"expr\":\"sum(\",\"host\":\"" + host + "\"}]}");
        assertThat(refused.statusCode()).isEqualTo(400);
        JsonNode problem = RunningHub.parse(refused.body()).get("error");
        assertThat(problem.get("field").asString()).isEqualTo("subs[0].expr");
        assertThat(problem.get("position").asInt()).isEqualTo(4);
      }
      assertThat(hub.put("/api/hub/v1/live/gone/subscriptions", "{\"subs\":[]}").statusCode())
          .isEqualTo(404);
      HttpResponse<String> query = hub.get("/api/v1/query?query=sum(");
      assertThat(query.statusCode()).isEqualTo(400);
      assertThat(RunningHub.parse(query.body()).get("errorType").asString()).isEqualTo("bad_data");
      HttpResponse<String> write =
          hub.send(
              hub.request("/api/v1/write")
                  .POST(
                      HttpRequest.BodyPublishers.ofByteArray(
                          new WriteRequestBody().add(now, 1, "__name__", "a").compressed())));
      assertThat(write.statusCode()).isIn(401, 403);
    }
  }

  @Test
  void prometheus_clients_find_their_api() throws Exception {
    try (RunningHub hub = new RunningHub(data)) {
      self(hub);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              !hub.json("/api/v1/query?query=rate(node_cpu_seconds_total%5B5s%5D)")
                  .get("data")
                  .get("result")
                  .isEmpty());
      long now = System.currentTimeMillis() / 1000;
      HttpResponse<String> range =
          hub.send(
              hub.request("/api/v1/query_range")
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "query=node_load1&start=" + (now - 5) + "&end=" + now + "&step=1")));
      JsonNode matrix = RunningHub.parse(range.body());
      assertThat(matrix.get("status").asString()).isEqualTo("success");
      assertThat(matrix.get("data").get("resultType").asString()).isEqualTo("matrix");
      assertThat(matrix.get("data").get("result").get(0).get("values").get(0).get(1).isString())
          .isTrue();
      assertThat(hub.json("/api/v1/labels").get("data").toString())
          .contains("\"__name__\"", "\"cpu\"");
      assertThat(
              hub.json("/api/v1/label/mode/values?match%5B%5D=node_cpu_seconds_total")
                  .get("data")
                  .toString())
          .contains("\"idle\"");
      assertThat(hub.json("/api/v1/series?match%5B%5D=node_load1").get("data")).hasSize(1);
      assertThat(
              hub.json("/api/v1/metadata?metric=node_load1")
                  .get("data")
                  .get("node_load1")
                  .get(0)
                  .get("type")
                  .asString())
          .isEqualTo("gauge");
      assertThat(hub.json("/api/v1/status/buildinfo").get("data").get("version").asString())
          .isNotEmpty();
      assertThat(hub.get("/api/v1/query?query=vector(1)&time=1700000000.5").body())
          .isEqualTo(
              "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1700000000.500,\"1\"]}]}}");
      assertThat(hub.get("/api/v1/query_range?query=1&start=0&end=100000&step=1").statusCode())
          .isEqualTo(400);
      assertThat(hub.get("/api/v1/series").statusCode()).isEqualTo(400);
    }
  }
}
