package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.agent.tune.TuningAudit;
import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The knobs of a server with an agent of its own, over HTTP and the real link: a process's limit
/// of open files, which its owner may turn.
class RemoteTuningJourneyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String BASE = "/api/hub/v1/tuning";
  private static final String KNOB = "LimitNOFILE";
  private static final String NEW = "300";

  @TempDir Path folder;
  private TestHub hub;
  private boolean hubIsGone;
  private Browser admin;
  private AgentProcess agent;
  private Process process;
  private String target;
  private String before;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "knobs are turned on Linux");
    process = new ProcessBuilder("sleep", "600").start();
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    String started = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
    target = process.pid() + "@" + started;
    before = limit();
    hub = TestHub.withAgents(folder.resolve("hub"));
    admin = hub.setUp();
    agent =
        AgentProcess.start(
            folder.resolve("a"),
            "--hub",
            TestHub.agentDoor(admin),
            "--token",
            TestHub.enrolmentToken(admin),
            "--name",
            "web-1",
            "--tuning-policy",
            policy().toString());
    await()
        .atMost(PATIENCE)
        .until(() -> {
          Answer state = state();
          return state.status() == 200 && state.json().get("available").asBoolean();
        });
  }

  @AfterEach
  void stop() {
    if (process != null) {
      process.destroyForcibly();
    }
    if (agent != null) {
      agent.close();
    }
    if (hub != null && !hubIsGone) {
      hub.close();
    }
  }

  private Path policy() {
    return folder.resolve("tuning-policy");
  }

  private void policy(String permissions, String text) throws IOException {
    Files.writeString(policy(), text);
    Files.setPosixFilePermissions(policy(), PosixFilePermissions.fromString(permissions));
  }

  private String limit() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "limits"));
    String line =
        lines.stream().filter(one -> one.startsWith("Max open files")).findFirst().orElseThrow();
    return line.split(" {2,}", -1)[1];
  }

  private Answer state() {
    return admin.get(BASE + "?host=web-1");
  }

  private Answer turn(String action, String on, String value, int seconds) {
    Map<String, Object> wanted =
        new HashMap<>(Map.of("host", "web-1", "action", action, "target", on, "value", value));
    wanted.put("seconds", seconds);
    return admin.post(BASE + "/changes", wanted);
  }

  private void refused(Answer answer, String why) throws IOException {
    assertThat(answer.status()).as(answer.text()).isEqualTo(409);
    assertThat(answer.text()).contains(why);
    assertThat(limit()).isEqualTo(before);
  }

  @Test
  void another_servers_own_policy_decides_and_its_agent_puts_back_without_the_hub()
      throws Exception {
    assertThat(admin.get(BASE + "/hosts").json().get("hosts").size()).isEqualTo(2);
    assertThat(state().json().get("mode").asString()).isEqualTo("observe");
    assertThat(state().json().get("reason").asString()).contains("there is no policy file");
    Answer dry =
        admin.post(
            BASE + "/dry-run",
            Map.of("host", "web-1", "action", KNOB, "target", target, "value", NEW));
    assertThat(dry.status()).as(dry.text()).isEqualTo(200);
    assertThat(dry.json().get("before").asString()).startsWith(before);
    assertThat(dry.json().get("after").asString()).isEqualTo(NEW);
    assertThat(dry.json().get("objection").asString()).contains("observe only");

    refused(turn(KNOB, target, NEW, 60), "observe only");
    policy("rw-rw-rw-", "mode = approve\nallow = *\n");
    refused(turn(KNOB, target, NEW, 60), "can be written by others");
    policy("rw-r--r--", "mode = approve\nallow = " + KNOB + "\n");
    refused(turn(KNOB, target, "7", 60), "out of bounds");
    refused(turn(KNOB, "4194300@1", NEW, 60), "there is no process 4194300 now");

    Answer made = turn(KNOB, target, NEW, 600);
    assertThat(made.status()).as(made.text() + agent.output()).isEqualTo(200);
    assertThat(limit()).isEqualTo(NEW);
    JsonNode change = state().json().get("changes").get(0);
    assertThat(change.get("before").asString()).startsWith(before);
    assertThat(change.get("secondsLeft").asLong()).isBetween(1L, 600L);
    String id = made.json().get("id").asString();
    assertThat(admin.post(BASE + "/changes/" + id + "/revert?host=web-1", Map.of()).status())
        .isLessThan(300);
    assertThat(limit()).isEqualTo(before);

    assertThat(admin.get("/api/hub/v1/audit").text())
        .contains("tuning.apply", "tuning.revert", "refused: this server's policy");

    // The agent dies: its next start puts back.
    assertThat(turn(KNOB, target, NEW, 3_600).status()).isEqualTo(200);
    agent.kill();
    assertThat(limit()).isEqualTo(NEW);
    agent = AgentProcess.start(folder.resolve("a"), "--tuning-policy", policy().toString());
    await().atMost(PATIENCE).until(() -> limit().equals(before));
    await()
        .atMost(PATIENCE)
        .until(() -> {
          JsonNode state = state().json();
          return state.get("available").asBoolean() && state.get("changes").isEmpty();
        });

    // The hub goes away: the lease ends on the server.
    assertThat(turn(KNOB, target, NEW, 3).status()).isEqualTo(200);
    hub.close();
    hubIsGone = true;
    await().atMost(PATIENCE).until(() -> limit().equals(before));
    Path log = folder.resolve("a/tuning").resolve(TuningAudit.FILE);
    await().atMost(PATIENCE).until(() -> Files.readString(log).contains("its lease ran out"));
    assertThat(Files.readString(log)).contains("can be written by others", "out of bounds");
    assertThat(TuningAudit.verify(log)).isInstanceOf(TuningAudit.Verdict.Intact.class);
  }
}
