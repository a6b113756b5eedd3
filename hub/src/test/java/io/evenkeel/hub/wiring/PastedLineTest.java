package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The line of 'Add a server', run by a shell against a whole hub.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the line is for a POSIX shell")
class PastedLineTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir Path folder;

  @Test
  void a_pasted_line_fetches_an_agent_with_its_runtime_and_starts_it() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/curl")), "curl, which the line needs, is missing");
    assumeTrue(
        Files.notExists(Path.of("/run/systemd/system")),
        "on this machine the line would make a service of the agent");
    try (TestHub hub = TestHub.withAgents(folder.resolve("hub"))) {
      TestHub.Browser admin = hub.setUp();
      String line =
          admin
              .post("/api/hub/v1/enrolment/tokens", Map.of("host", "127.0.0.1"))
              .json()
              .get("line")
              .asString();
      // A space in the path: home folders of people have them.
      Path app = folder.resolve("an agent/app");
      Path state = folder.resolve("an agent/state");
      ProcessBuilder shell =
          new ProcessBuilder("sh", "-c", line.replace("| sudo sh", "| sh"))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile());
      shell.environment().put("EVENKEEL_APP", app.toString());
      shell.environment().put("EVENKEEL_STATE", state.toString());
      Process pasted = shell.start();
      try {
        assertThat(pasted.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        String output = Files.readString(folder.resolve("output"));
        assertThat(pasted.exitValue()).as(output).isZero();
        long pid = Long.parseLong(Files.readString(state.resolve("pid")).strip());
        assertThat(Files.readString(Path.of("/proc/" + pid + "/maps")))
            .as("what the agent's process maps")
            .contains(app + "/agent.jsa", app + "/runtime/lib/server/libjvm.so");
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(admin.get("/api/hub/v1/agents").text())
                    .as(Files.readString(state.resolve("agent.log")))
                    .contains("\"connected\""));
      } finally {
        stop(state.resolve("pid"));
      }
    }
  }

  private static void stop(Path pidFile) throws Exception {
    if (Files.exists(pidFile)) {
      ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
          .ifPresent(agent -> {
            agent.destroy();
            agent.onExit().orTimeout(30, TimeUnit.SECONDS).join();
          });
    }
  }
}
