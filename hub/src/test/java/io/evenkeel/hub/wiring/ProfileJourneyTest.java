package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Profiles over HTTP: of processes of the hub's own machine and of a server with an agent of its
/// own.
class ProfileJourneyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(240);
  private static final String BASE = "/api/hub/v1/profiles";

  @TempDir Path folder;
  private TestHub hub;
  private Browser admin;

  @BeforeEach
  void start() {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "profiles are taken on Linux");
    hub = TestHub.withAgents(folder.resolve("hub"));
    admin = hub.setUp();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  /// A Java process that computes until it is ended, a few minutes at most.
  private static Process busy() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                Path.of(
                        Spinning.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .toString(),
                Spinning.class.getName())
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  /// What that process runs.
  static final class Spinning {
    private static volatile double total;

    private Spinning() {}

    public static void main(String[] args) throws InterruptedException {
      System.out.println("ready");
      // A test that is killed leaves nothing spinning for ever.
      long end = System.nanoTime() + 300_000_000_000L;
      while (System.nanoTime() < end) {
        total += Math.sqrt(total + System.nanoTime() % 7);
        if (System.nanoTime() % 4_096 == 0) {
          Thread.sleep(1);
        }
      }
    }
  }

  private String hostId(String name) {
    for (JsonNode host : admin.get("/api/hub/v1/hosts").json().get("hosts")) {
      if (host.get("name").asString().equals(name)) {
        return host.get("id").asString();
      }
    }
    return "";
  }

  private static Map<String, Object> wanted(String host, long pid, String kind) {
    return Map.of(
        "host", host, "pid", pid, "process", "java", "kind", kind, "seconds", 10, "finding", "");
  }

  private JsonNode finished(Answer asked) {
    assertThat(asked.status()).as(asked.text()).isEqualTo(200);
    String id = asked.json().get("id").asString();
    await()
        .atMost(PATIENCE)
        .until(() -> !admin.get(BASE + "/" + id).json().get("state").asString().equals("running"));
    return admin.get(BASE + "/" + id).json();
  }

  @Test
  void a_java_process_of_this_machine_is_profiled_downloaded_compared_and_removed()
      throws Exception {
    String host = hostId("this-machine");
    Process process = busy();
    try {
      Answer asked = admin.post(BASE, wanted(host, process.pid(), "cpu"));
      assertThat(admin.post(BASE, wanted(host, process.pid(), "cpu")).status()).isEqualTo(409);
      JsonNode profile = finished(asked);
      assertThat(profile.get("state").asString()).as(profile.toString()).isEqualTo("done");
      assertThat(profile.get("result").get("total").asLong()).isPositive();
      String id = profile.get("id").asString();
      Answer collapsed = admin.get(BASE + "/" + id + "/collapsed");
      assertThat(collapsed.text()).contains("ProfileJourneyTest$Spinning.main_[j]");
      assertThat(collapsed.header("Content-Disposition")).contains("profile-" + id);
      assertThat(admin.get(BASE + "/" + id + "/pprof").status()).isEqualTo(200);

      assertThat(admin.get(BASE + "/" + id + "/difference?base=" + id).text())
          .containsPattern("Spinning.main_\\[j] (\\d+) \\1\n");
      assertThat(admin.get(BASE + "/" + id + "/difference?base=none").status()).isEqualTo(404);

      assertThat(admin.get(BASE + "?host=" + host).json().get("profiles").size()).isEqualTo(1);
      assertThat(admin.delete(BASE + "/" + id).status()).isEqualTo(204);
      assertThat(admin.get(BASE + "/" + id).status()).isEqualTo(404);
      assertThat(admin.get("/api/hub/v1/audit").text()).contains("profile.start", "profile.delete");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void what_cannot_be_profiled_is_said_plainly() {
    String host = hostId("this-machine");
    JsonNode gone = finished(admin.post(BASE, wanted(host, 4_194_300, "cpu")));
    assertThat(gone.get("state").asString()).isEqualTo("failed");
    assertThat(gone.get("failed").get("code").asString()).isEqualTo("no_process");
    assertThat(admin.post(BASE, wanted(host, 0, "cpu")).status()).isEqualTo(400);
    assertThat(admin.post(BASE, wanted(host, 1, "all")).status()).isEqualTo(400);
    assertThat(admin.post(BASE, wanted("nobody", 1, "cpu")).status()).isEqualTo(404);
    assertThat(admin.get(BASE + "/" + gone.get("id").asString() + "/collapsed").status())
        .isEqualTo(409);
    Browser viewer = hub.person(admin, "vera", "viewer");
    assertThat(viewer.post(BASE, wanted(host, 1, "cpu")).status()).isEqualTo(403);
  }

  @Test
  void a_process_of_another_server_is_profiled_by_its_agent() throws Exception {
    String door = TestHub.agentDoor(admin);
    String token = TestHub.enrolmentToken(admin);
    try (AgentProcess agent =
        AgentProcess.start(
            folder.resolve("a"), "--hub", door, "--token", token, "--name", "web-1")) {
      await().atMost(PATIENCE).until(() -> !hostId("web-1").isEmpty());
      Process process = busy();
      try {
        JsonNode profile =
            finished(admin.post(BASE, wanted(hostId("web-1"), process.pid(), "cpu")));
        assertThat(profile.get("state").asString()).as(profile + agent.output()).isEqualTo("done");
        assertThat(admin.get(BASE + "/" + profile.get("id").asString() + "/collapsed").text())
            .contains("ProfileJourneyTest$Spinning.main_[j]");
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
