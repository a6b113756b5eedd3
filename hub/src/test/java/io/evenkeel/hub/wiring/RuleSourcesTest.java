package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rules of Prometheus's files, wherever they come from, and the other parts of Prometheus's API
/// that tell of the hub or change its store.
class RuleSourcesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String RULES =
      """
      groups:
        - name: both
          interval: 15s
          rules:
            - record: recorded_%1$s
              expr: vector(1)
            - alert: Alert_%1$s
              expr: vector(1) > 0
      """;

  @TempDir Path data;

  private static boolean has(TestHub.Browser admin, String type, String rule) {
    return admin
        .get("/api/v1/rules?type=" + type + "&rule_name%5B%5D=" + rule)
        .text()
        .contains(rule);
  }

  @Test
  void both_kinds_of_rules_of_the_folder_and_of_imported_files_are_evaluated() throws IOException {
    Path rules = Files.createDirectories(data.resolve("rules"));
    Files.writeString(rules.resolve("folder.yml"), RULES.formatted("folder"));
    try (TestHub hub = TestHub.start(data)) {
      TestHub.Browser admin = hub.setUp();
      assertThat(
              admin
                  .put(
                      "/api/hub/v1/rule-files/mine.yml", Map.of("content", RULES.formatted("mine")))
                  .status())
          .isEqualTo(200);
      for (String from : new String[] {"folder", "mine"}) {
        assertThat(has(admin, "record", "recorded_" + from)).isTrue();
        assertThat(has(admin, "alert", "Alert_" + from)).isTrue();
        assertThat(has(admin, "alert", "recorded_" + from)).isFalse();
        await()
            .atMost(PATIENCE)
            .until(() -> {
              hub.clock.advance(Duration.ofSeconds(15));
              String both =
                  admin.get("/api/v1/query?query=recorded_" + from).text()
                      + admin.get("/api/v1/alerts").text();
              return both.contains("\"recorded_" + from) && both.contains("\"Alert_" + from);
            });
      }
      // The folder is read again while the hub runs.
      Files.writeString(rules.resolve("later.yml"), RULES.formatted("later"));
      await()
          .atMost(PATIENCE)
          .until(
              () -> has(admin, "record", "recorded_later") && has(admin, "alert", "Alert_later"));
      assertThat(admin.delete("/api/hub/v1/rule-files/mine.yml").status()).isEqualTo(204);
      assertThat(has(admin, "record", "recorded_mine")).isFalse();
      assertThat(has(admin, "record", "recorded_folder")).isTrue();
      assertThat(admin.get("/api/v1/rules?type=other").status()).isEqualTo(400);
    }
  }

  @Test
  void a_snapshot_is_a_store_that_can_be_opened() {
    String name;
    try (TestHub hub = TestHub.start(data)) {
      TestHub.Browser admin = hub.setUp();
      TestHub.Answer answer = admin.post("/api/v1/admin/tsdb/snapshot", Map.of());
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      name = answer.json().get("data").get("name").asString();
      assertThat(name).matches("\\d{8}T\\d{6}Z-[0-9a-f]{16}");
      assertThat(hub.person(admin, "viola", "viewer").post("/api/v1/admin/tsdb/snapshot", Map.of()))
          .returns(403, TestHub.Answer::status);
      assertThat(admin.get("/api/v1/alertmanagers").json().get("data").toString())
          .isEqualTo("{\"activeAlertmanagers\":[],\"droppedAlertmanagers\":[]}");
    }
    try (LocalStore store =
        LocalStore.open(
            data.resolve("snapshots").resolve(name),
            StoreSettings.DEFAULT.withoutMaintenance(),
            Clock.systemUTC())) {
      assertThat(store.problems()).isEmpty();
    }
  }
}
