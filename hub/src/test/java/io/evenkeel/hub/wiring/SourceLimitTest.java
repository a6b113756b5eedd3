package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One sender that invents series without end is stopped, and nobody else notices.
class SourceLimitTest {
  @Test
  void a_source_beyond_its_series_is_refused_by_name_and_others_go_on(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data, Map.of("limits.series", "4000"))) {
      Browser admin = hub.setUp();
      Browser flood = sender(hub, hub.token(admin, "viewer", "ingest"));
      long now = hub.clock.millis();
      WriteRequestBody body = new WriteRequestBody();
      for (int i = 0; i < 10_000; i++) {
        body.add(now, i, "__name__", "flood", "id", Integer.toString(i));
      }
      Answer answer = flood.send("POST", "/api/v1/write", body.compressed());
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("source_series_limit=8000");
      assertThat(answer.header("X-Prometheus-Remote-Write-Samples-Written")).isEqualTo("2000");

      // Its known series go on, and so does another way in.
      Answer known =
          flood.send(
              "POST",
              "/api/v1/write",
              new WriteRequestBody()
                  .add(now + 1000, 1, "__name__", "flood", "id", "7")
                  .compressed());
      assertThat(known.status()).isEqualTo(204);
      byte[] otlp =
          """
          {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"calm","gauge":{"dataPoints":
          [{"timeUnixNano":"%d","asInt":"1"}]}}]}]}]}\
          """
              .formatted(now * 1_000_000)
              .getBytes(StandardCharsets.UTF_8);
      Answer other =
          hub.visitor()
              .bearer(secondToken(admin))
              .with("Content-Type", "application/json")
              .send("POST", "/api/v1/otlp/v1/metrics", otlp);
      assertThat(other.text()).isEqualTo("{}");
      assertThat(admin.get("/metrics").text())
          .contains("evenkeel_store_series_refused_total{label=\"id\"} 8000");
    }
  }

  private static Browser sender(TestHub hub, String token) {
    return hub.visitor()
        .bearer(token)
        .with("Content-Encoding", "snappy")
        .with("Content-Type", "application/x-protobuf");
  }

  private static String secondToken(Browser admin) {
    return admin
        .post(
            "/api/hub/v1/tokens",
            Map.of("name", "other", "role", "viewer", "scope", "ingest", "expiresInDays", 1))
        .json()
        .get("token")
        .asString();
  }
}
