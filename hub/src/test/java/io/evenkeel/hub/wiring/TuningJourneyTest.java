package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.evenkeel.agent.tune.TuningAudit;
import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The knobs of this machine over HTTP. Nothing is turned: a machine without a policy observes
/// only.
class TuningJourneyTest {
  private static final Map<String, Object> BACKLOG =
      Map.of("action", "net.core.somaxconn", "target", "", "value", "2048");

  @Test
  void a_machine_without_a_policy_shows_and_changes_nothing(@TempDir Path data) throws IOException {
    assumeFalse(
        Files.exists(Path.of("/etc/evenkeel/tuning-policy")), "this machine has a tuning policy");
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      Answer state = admin.get("/api/hub/v1/tuning");
      assertThat(state.json().get("mode").asString()).isEqualTo("observe");
      assertThat(state.json().get("reason").asString()).contains("there is no policy file");
      assertThat(state.json().get("available").asBoolean()).isTrue();
      assertThat(state.json().get("actions").size()).isGreaterThan(30);
      assertThat(state.json().get("measures").size()).isGreaterThan(5);
      String host = state.json().get("host").asString();
      assertThat(
              admin
                  .get("/api/hub/v1/tuning/hosts")
                  .json()
                  .get("hosts")
                  .get(0)
                  .get("host")
                  .asString())
          .isEqualTo(host);

      Answer dry = admin.post("/api/hub/v1/tuning/dry-run", BACKLOG);
      assertThat(dry.status()).as(dry.text()).isEqualTo(200);
      assertThat(dry.json().get("after").asString()).isEqualTo("2048");
      assertThat(dry.json().get("objection").asString()).contains("observe only");

      Answer change =
          admin.post(
              "/api/hub/v1/tuning/changes",
              Map.of("action", "net.core.somaxconn", "target", "", "value", "2048", "seconds", 60));
      assertThat(change.status()).isEqualTo(409);
      assertThat(change.text()).contains("observe only");
      Answer wide =
          admin.post(
              "/api/hub/v1/tuning/dry-run",
              Map.of("action", "net.core.somaxconn", "target", "", "value", "99999"));
      assertThat(wide.status()).isEqualTo(409);
      assertThat(wide.text()).contains("out of bounds");
      Answer trial = admin.post("/api/hub/v1/tuning/trials", trial("vector(1)"));
      assertThat(trial.status()).as(trial.text()).isEqualTo(409);
      assertThat(trial.text()).contains("observe only");
      Answer wrong = admin.post("/api/hub/v1/tuning/trials", trial("rate("));
      assertThat(wrong.status()).isEqualTo(400);
      assertThat(wrong.text()).contains("measure.expression");
      assertThat(admin.get("/api/hub/v1/tuning/trials").json().get("trials")).isEmpty();
      assertThat(admin.get("/api/hub/v1/tuning/trials/none").status()).isEqualTo(404);
      assertThat(admin.post("/api/hub/v1/tuning/trials/none/abort", Map.of()).status())
          .isEqualTo(404);
      assertThat(admin.get("/api/hub/v1/tuning/history").json().get("knobs")).isEmpty();
      assertThat(admin.get("/api/hub/v1/tuning?host=nobody").status()).isEqualTo(404);

      assertThat(admin.post("/api/hub/v1/tuning/changes/none/revert", Map.of()).status())
          .isEqualTo(409);

      assertThat(admin.post("/api/hub/v1/tuning/stop", Map.of()).status()).isLessThan(300);
      assertThat(admin.get("/api/hub/v1/tuning").json().get("stopped").asBoolean()).isTrue();
      assertThat(admin.post("/api/hub/v1/tuning/resume", Map.of()).status()).isLessThan(300);
    }
    assertThat(TuningAudit.verify(data.resolve("tuning").resolve(TuningAudit.FILE)))
        .isInstanceOf(TuningAudit.Verdict.Intact.class);
  }

  private static Map<String, Object> trial(String expression) {
    return Map.of(
        "action",
        "net.core.somaxconn",
        "target",
        "",
        "value",
        "2048",
        "measure",
        Map.of(
            "title",
            Map.of("en", "one", "zh", "一"),
            "expression",
            expression,
            "lowerIsBetter",
            true,
            "unit",
            "count"));
  }

  @Test
  void a_journal_that_cannot_be_trusted_stops_tuning_and_not_the_hub(@TempDir Path data)
      throws IOException {
    Path journal = Files.createDirectories(data.resolve("tuning")).resolve("journal");
    Files.writeString(journal, "no line of a journal\n");
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      Answer state = admin.get("/api/hub/v1/tuning");
      assertThat(state.json().get("available").asBoolean()).isFalse();
      assertThat(state.json().get("problem").asString())
          .contains("line 1 is damaged")
          .contains("move the file away");
      assertThat(admin.get("/api/hub/v1/status").json().get("tuningProblem").asString())
          .contains("line 1 is damaged");
      Answer dry = admin.post("/api/hub/v1/tuning/dry-run", BACKLOG);
      assertThat(dry.status()).isEqualTo(409);
      assertThat(dry.text()).contains("line 1 is damaged");
    }
    assertThat(journal).hasContent("no line of a journal");
  }
}
