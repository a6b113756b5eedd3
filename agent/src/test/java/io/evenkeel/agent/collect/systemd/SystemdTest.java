package io.evenkeel.agent.collect.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.collect.Collected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks a real systemd: its user's manager, started in a mount namespace of its own, so that it
/// also runs where systemd is installed and not running.
class SystemdTest {
  private static final Path SYSTEMD = Path.of("/usr/lib/systemd/systemd");
  private static final Path UNSHARE = Path.of("/usr/bin/unshare");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROOT = 0;

  @TempDir Path folder;
  private @Nullable Process systemd;

  private Path start() throws Exception {
    assumeThat(Files.isExecutable(SYSTEMD)).as("systemd is installed").isTrue();
    assumeThat(Files.isExecutable(UNSHARE)).as("unshare is installed").isTrue();
    assumeThat((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).as("uid").isZero();
    Path units = Files.createDirectories(folder.resolve("config/systemd/user"));
    Files.writeString(
        units.resolve("flaky.service"),
        """
        [Unit]
        StartLimitIntervalSec=0
        [Service]
        ExecStart=/bin/false
        Restart=always
        RestartSec=100ms
        """);
    Files.writeString(
        units.resolve("steady.service"),
        """
        [Service]
        Type=exec
        ExecStart=/bin/sleep 600
        """);
    Files.writeString(
        units.resolve("default.target"),
        "[Unit]\nWants=flaky.service steady.service sockets.target\n");
    Path runtime = Files.createDirectories(folder.resolve("x"));
    ProcessBuilder builder =
        new ProcessBuilder(
                UNSHARE.toString(),
                "--mount",
                "/bin/sh",
                "-c",
                "mount --make-rprivate / && mount -t tmpfs none /run && mkdir -p /run/systemd/system && exec "
                    + SYSTEMD
                    + " --user --log-target=null")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
    builder.environment().put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    Process own = builder.start();
    systemd = own;
    Path socket = runtime.resolve("systemd/private");
    await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(socket) || !own.isAlive());
    assumeThat(own.isAlive())
        .as("systemd starts here: " + Files.readString(folder.resolve("log")))
        .isTrue();
    return runtime;
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (systemd != null) {
      systemd.destroy();
      systemd.waitFor();
    }
  }

  @Test
  void lists_units_with_states_types_and_restarts() throws Exception {
    Path runtime = start();
    try (SystemdBus manager =
        SystemdBus.direct(runtime.resolve("systemd/private"), ROOT, PATIENCE)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> state(manager, "steady.service").equals("active"));
      SystemdBus.Unit steady = unit(manager, "steady.service");
      assertThat(manager.serviceType(steady)).isEqualTo("exec");
      assertThat(manager.restarts(steady)).isZero();
      SystemdBus.Unit flaky = unit(manager, "flaky.service");
      await().atMost(Duration.ofSeconds(60)).until(() -> manager.restarts(flaky) >= 2);
      assertThat(state(manager, "default.target")).isEqualTo("active");
      SystemdBus.Unit gone =
          new SystemdBus.Unit("x", "loaded", "active", "/org/freedesktop/systemd1/unit/none");
      assertThatThrownBy(() -> manager.restarts(gone)).isInstanceOf(BusErrorException.class);
      assertThat(manager.units()).isNotEmpty();
    }
  }

  @Test
  void is_collected_under_node_exporters_names() throws Exception {
    Path runtime = start();
    Path root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("run/systemd/system"));
    Files.createSymbolicLink(
        root.resolve("run/systemd/private"), runtime.resolve("systemd/private"));
    Collected collected = new Collected(root, InstantSource.system(), SystemdCollector::new);
    Map<String, Double> values = new TreeMap<>();
    String steady = "node_systemd_unit_state{name=\"steady.service\", state=\"%s\", type=\"exec\"}";
    // While it is starting, systemd may let a caller wait longer than the collector does.
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> {
          values.clear();
          values.putAll(collected.round());
          return values.getOrDefault(steady.formatted("active"), 0.0) == 1;
        });
    assertThat(values)
        .containsEntry(steady.formatted("failed"), 0.0)
        .containsEntry("node_systemd_service_restart_total{name=\"steady.service\"}", 0.0)
        .containsEntry("node_systemd_unit_state{name=\"default.target\", state=\"active\"}", 1.0);
    assertThat(values.keySet()).noneMatch(series -> series.contains(".slice\""));
  }

  private static SystemdBus.Unit unit(SystemdBus manager, String name) throws IOException {
    return manager.units().stream()
        .filter(unit -> unit.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String state(SystemdBus manager, String name) throws IOException {
    List<SystemdBus.Unit> units = manager.units();
    return units.stream()
        .filter(unit -> unit.name().equals(name))
        .findFirst()
        .map(SystemdBus.Unit::activeState)
        .orElse("");
  }
}
