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
      assertThat(state.json().get("actions").size()).isGreaterThan(30);

      Answer dry = admin.post("/api/hub/v1/tuning/dry-run", BACKLOG);
      assertThat(dry.status()).as(dry.text()).isEqualTo(200);
      assertThat(dry.json().get("after").asString()).isEqualTo("2048");

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
      assertThat(admin.post("/api/hub/v1/tuning/changes/none/revert", Map.of()).status())
          .isEqualTo(409);

      assertThat(admin.post("/api/hub/v1/tuning/stop", Map.of()).status()).isLessThan(300);
      assertThat(admin.get("/api/hub/v1/tuning").json().get("stopped").asBoolean()).isTrue();
      assertThat(admin.post("/api/hub/v1/tuning/resume", Map.of()).status()).isLessThan(300);
    }
    assertThat(TuningAudit.verify(data.resolve("tuning").resolve(TuningAudit.FILE)))
        .isInstanceOf(TuningAudit.Verdict.Intact.class);
  }
}
