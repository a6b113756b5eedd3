package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.wiring.TestHub.Browser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Probes over HTTP: entered, tried, run, changed, removed; those of the settings file beside them.
class ProbeJourneyTest {
  @TempDir Path folder;
  private TestServer pages;

  @BeforeEach
  void serve() throws Exception {
    pages = TestServer.start(path -> path.equals("/ok") ? 200 : 500);
  }

  @AfterEach
  void stop() {
    pages.close();
  }

  private Map<String, Object> probe(String name, String path) {
    return Map.of(
        "name",
        name,
        "intervalSeconds",
        5,
        "timeoutMillis",
        5_000,
        "family",
        "any",
        "http",
        ProbeBodies.http("http://127.0.0.1:" + pages.port() + path));
  }

  private static JsonNode result(Browser who, String expression) {
    return who.get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .json()
        .get("data")
        .get("result");
  }

  @Test
  void an_operator_enters_a_probe_that_runs_until_it_is_removed() {
    try (TestHub hub =
        TestHub.start(folder.resolve("data"), Map.of(), java.time.Clock.systemUTC())) {
      Browser admin = hub.setUp();
      Browser operator = hub.person(admin, "olga", "operator");
      Browser viewer = hub.person(admin, "vera", "viewer");
      assertThat(viewer.post("/api/hub/v1/probes", probe("shop", "/ok")).status()).isEqualTo(403);
      assertThat(viewer.post("/api/hub/v1/probes/attempt", probe("shop", "/ok")).status())
          .isEqualTo(403);

      TestHub.Answer attempt = operator.post("/api/hub/v1/probes/attempt", probe("shop", "/bad"));
      assertThat(attempt.status()).as(attempt.text()).isEqualTo(200);
      JsonNode tried = attempt.json();
      assertThat(tried.get("failure").get("kind").asString()).isEqualTo("status");
      assertThat(tried.get("failure").get("message").asString()).contains("500");
      assertThat(tried.get("phases").size()).isGreaterThanOrEqualTo(3);
      assertThat(operator.get("/api/hub/v1/probes").json().get("probes").size()).isZero();

      TestHub.Answer added = operator.post("/api/hub/v1/probes", probe("shop", "/ok"));
      assertThat(added.status()).isEqualTo(200);
      String id = added.json().get("id").asString();
      assertThat(operator.post("/api/hub/v1/probes", probe("shop", "/bad")).status())
          .isEqualTo(400);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            JsonNode series = result(viewer, "probe_success{job=\"probe\",probe=\"shop\"}");
            assertThat(series.size()).isEqualTo(1);
            assertThat(series.get(0).get("value").get(1).asString()).isEqualTo("1");
          });
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            JsonNode last =
                viewer
                    .get("/api/hub/v1/probes")
                    .json()
                    .get("probes")
                    .get(0)
                    .get("seen")
                    .get(0)
                    .get("last");
            assertThat(last.isNull()).isFalse();
            assertThat(last.get("answer").get("status").asInt()).isEqualTo(200);
          });

      assertThat(operator.put("/api/hub/v1/probes/" + id, probe("shop", "/bad")).status())
          .isEqualTo(200);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            JsonNode series = result(viewer, "probe_success{probe=\"shop\"}");
            assertThat(series.size()).as("the series of the old address end").isEqualTo(1);
            assertThat(series.get(0).get("value").get(1).asString()).isEqualTo("0");
          });
      assertThat(operator.delete("/api/hub/v1/probes/" + id).status()).isEqualTo(204);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(result(viewer, "probe_success{probe=\"shop\"}").size()).isZero());
      assertThat(operator.delete("/api/hub/v1/probes/" + id).status()).isEqualTo(404);
    }
  }

  @Test
  void a_probe_of_the_settings_file_runs_and_is_changed_there_only() throws Exception {
    Path settings = folder.resolve("evenkeel.yaml");
    Files.writeString(
        settings,
        "probes:\n- name: shop\n  http: {url: 'http://127.0.0.1:" + pages.port() + "/ok'}\n");
    try (RunningHub hub = new RunningHub(folder.resolve("data"), settings)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            JsonNode shown = hub.json("/api/hub/v1/probes").get("probes").get(0);
            assertThat(shown.get("origin").asString()).isEqualTo("file");
            assertThat(shown.get("seen").get(0).get("last").isNull()).isFalse();
            assertThat(shown.get("seen").get(0).get("last").get("failure").isNull()).isTrue();
          });
    }
  }
}
