package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Directives of real services: their own check, their own reload, and what they do then.
class RealServiceTuningTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final Path REDIS = Path.of("/usr/bin/redis-server");

  @TempDir(cleanup = CleanupMode.ALWAYS)
  Path temporary;

  private Path folder;
  private FakeServer server;
  private @Nullable Process service;

  @BeforeEach
  void make() throws IOException {
    folder = temporary.toRealPath();
    server = new FakeServer(folder);
  }

  @AfterEach
  void end() throws InterruptedException {
    if (service != null) {
      service.descendants().forEach(ProcessHandle::destroyForcibly);
      service.destroyForcibly().waitFor();
    }
  }

  private ServedFile nginx() throws IOException {
    assumeTrue(Files.isExecutable(NGINX), "nginx is not installed here");
    ServedFile served =
        new ServedFile(
            folder,
            "nginx",
            "nginx.conf",
            "worker_processes 1;\ndaemon off;\npid "
                + folder
                + "/nginx.pid;\nerror_log "
                + folder
                + "/error.log;\nevents {\n    worker_connections 64;\n}\n");
    String command = NGINX + " -c " + served.file + " -e " + folder + "/error.log";
    server.policy(
        served.policy(
            "directive = worker_processes 1 4",
            "directive = worker_connections 64 1024",
            "check = " + command + " -t",
            "reload = " + command + " -s reload",
            "deadline = 10"));
    service =
        new ProcessBuilder(
                NGINX.toString(),
                "-c",
                served.file.toString(),
                "-e",
                folder.resolve("error.log").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.out").toFile())
            .start();
    awaitWorkers(1);
    await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("nginx.pid")));
    return served;
  }

  private void awaitWorkers(long count) {
    Process service = Objects.requireNonNull(this.service);
    await().atMost(PATIENCE).until(() -> service.children().count() == count);
  }

  @Test
  void nginx_runs_as_many_workers_as_its_file_says_by_the_reload() throws Exception {
    ServedFile served = nginx();
    String before = served.text();
    try (TuningExecutor executor = server.open()) {
      assertThat(
              executor.apply(
                  "n1",
                  new TuningRequest("nginx/worker_processes", "nginx", "3"),
                  "anna",
                  Duration.ofMinutes(1)))
          .isEqualTo(new TuningResult.Done("1", "3"));
      awaitWorkers(3);
      assertThat(executor.revert("n1", "anna", "")).isEqualTo(new TuningResult.Done("3", "1"));
      awaitWorkers(1);
    }
    assertThat(served.text()).isEqualTo(before);
  }

  @Test
  void what_nginx_itself_refuses_is_back_at_once_with_its_reason() throws Exception {
    ServedFile served = nginx();
    served.write(served.text() + "include " + folder + "/none.conf;\n");
    String before = served.text();
    try (TuningExecutor executor = server.open()) {
      assertThat(
              executor.apply(
                  "n2",
                  new TuningRequest("nginx/worker_connections", "nginx", "512"),
                  "anna",
                  Duration.ofMinutes(1)))
          .isInstanceOfSatisfying(
              TuningResult.Refused.class,
              refused ->
                  assertThat(refused.reason())
                      .contains("the check refuses it", "none.conf", "test failed"));
    }
    assertThat(served.text()).isEqualTo(before);
    awaitWorkers(1);
  }

  @Test
  void redis_takes_a_value_over_its_own_client_and_gives_it_back() throws Exception {
    assumeTrue(Files.isExecutable(REDIS), "redis is not installed here");
    Path socket = folder.resolve("redis.sock");
    ServedFile served =
        new ServedFile(
            folder,
            "cache redis",
            "redis.conf",
            "port 0\nunixsocket " + socket + "\nsave \"\"\nhz 10\ndir " + folder + "\n");
    server.policy(
        served.policy(
            "directive = hz 5 60",
            "reload = /usr/bin/redis-cli -e -s " + socket + " config set {directive} {value}",
            "deadline = 10"));
    service =
        new ProcessBuilder(REDIS.toString(), served.file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis.out").toFile())
            .start();
    await().atMost(PATIENCE).until(() -> hz(socket).equals("10"));
    try (TuningExecutor executor = server.open()) {
      assertThat(
              executor.apply(
                  "r1",
                  new TuningRequest("redis/hz", "cache", "50"),
                  "anna",
                  Duration.ofMinutes(1)))
          .isEqualTo(new TuningResult.Done("10", "50"));
      assertThat(hz(socket)).isEqualTo("50");
    }
    assertThat(hz(socket)).isEqualTo("10");
    assertThat(served.text()).contains("\nhz 10\n");
  }

  /// The last line of what redis answers about it; empty while it does not.
  private static String hz(Path socket) throws Exception {
    Process asked =
        new ProcessBuilder("/usr/bin/redis-cli", "-s", socket.toString(), "config", "get", "hz")
            .redirectErrorStream(true)
            .start();
    String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asked.waitFor();
    return said.lines().reduce("", (first, second) -> second);
  }
}
