package io.evenkeel.agent.tuner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.agent.tune.FakeServer;
import io.evenkeel.agent.tune.TuningAudit;
import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.model.SampleBatch;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The tuner as a real process of root, asked by a real process of the user nobody: real
/// credentials, real ends, a real knob of the kernel.
class TunerProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String KNOB = FakeServer.SOMAXCONN;

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();
  private String classes;
  private FakeServer server;

  @BeforeEach
  void make() throws IOException {
    assumeTrue(System.getProperty("user.name", "").equals("root"), "only root may start a tuner");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "util-linux has no setpriv here");
    // nobody must get at the classes and at the socket, and root's home may hide the build.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    classes =
        String.join(
            File.pathSeparator,
            copy(TunerMain.class, "agent"),
            copy(SampleBatch.class, "model"),
            copy(AskingAgent.class, "test"));
    server = new FakeServer(Files.createDirectory(folder.resolve("server")));
  }

  @AfterEach
  void end() throws InterruptedException {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private String copy(Class<?> type, String name) throws IOException {
    Path from;
    try {
      from = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    Path to = folder.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return to.toString();
  }

  private List<String> java(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes));
    command.addAll(List.of(arguments));
    return command;
  }

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private String output(List<String> command) throws Exception {
    Process process = start(command);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  /// What an agent is told that runs as another user.
  private String asked(String user, Path socket, String id, String value, String putBack)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/setpriv", "--reuid=" + user, "--regid=65534", "--clear-groups", "--"));
    command.addAll(
        java(AskingAgent.class.getName(), socket.toString(), id, KNOB, value, "60", putBack));
    return output(command);
  }

  private Path policy(String text) throws IOException {
    Path policy = folder.resolve("tuning-policy");
    Files.writeString(policy, text);
    Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r--r--"));
    return policy;
  }

  private List<String> tuner(Path socket, Path policy) {
    List<String> command = new ArrayList<>(List.of("/usr/bin/unshare", "--net", "--"));
    command.addAll(
        java(
            TunerMain.class.getName(),
            "--data",
            folder.resolve("data").toString(),
            "--user",
            "nobody",
            "--socket",
            socket.toString(),
            "--policy",
            policy.toString()));
    return command;
  }

  @Test
  void turns_a_knob_of_the_kernel_for_an_agent_without_rights_and_for_nobody_else()
      throws Exception {
    assumeTrue(canUnshare(), "network namespaces may not be made here");
    Path socket = folder.resolve("socket");
    Process tuner = start(tuner(socket, policy("mode = approve\nallow = net.core.somaxconn\n")));
    await().atMost(PATIENCE).until(() -> owner(socket).equals("nobody"));

    String said = asked("nobody", socket, "c1", "2048", "yes");
    List<String> lines = said.lines().toList();
    assertThat(lines).as(said).hasSize(3);
    String before = lines.get(0).replaceFirst(".*before=([0-9]+), after=2048.*", "$1");
    assertThat(before).matches("[0-9]+");
    assertThat(lines.get(1)).isEqualTo("Done[before=2048, after=2048]");
    assertThat(lines.get(2)).isEqualTo("Done[before=2048, after=" + before + "]");
    assertThat(asked("nobody", socket, "c1", "2048", "no")).contains("was asked for before");
    assertThat(asked("nobody", socket, "c2", "99999", "no")).contains("out of bounds");
    policy("mode = observe\n");
    assertThat(asked("nobody", socket, "c3", "2048", "no")).contains("observe only");
    Files.setPosixFilePermissions(
        policy("mode = approve\nallow = *\n"), PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(asked("nobody", socket, "c4", "2048", "no")).contains("can be written by others");

    // Root is another user too, and so is one that the socket's file would keep out.
    assertThat(asked("0", socket, "c5", "2048", "no")).contains("takes orders of nobody alone");
    assertThat(asked("1", socket, "c6", "2048", "no")).contains("Permission denied");

    tuner.descendants().forEach(ProcessHandle::destroy);
    tuner.destroy();
    assertThat(tuner.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Path log = folder.resolve("data").resolve(TuningAudit.FILE);
    assertThat(Files.readString(log)).contains("a connection of root", "out of bounds");
    assertThat(TuningAudit.verify(log)).isInstanceOf(TuningAudit.Verdict.Intact.class);
  }

  @Test
  void systemd_starts_it_by_its_socket_and_it_ends_when_nothing_is_open() throws Exception {
    Path activate = Path.of("/usr/bin/systemd-socket-activate");
    assumeTrue(Files.isExecutable(activate), "systemd-socket-activate is not installed");
    Path socket = folder.resolve("socket");
    List<String> command =
        new ArrayList<>(List.of(activate.toString(), "--inetd", "-l", socket.toString(), "--"));
    command.addAll(
        java(
            TunerMain.class.getName(),
            "--data",
            folder.resolve("data").toString(),
            "--user",
            "nobody",
            "--policy",
            policy("mode = observe\n").toString()));
    Process tuner = start(command);
    await().atMost(PATIENCE).until(() -> Files.exists(socket));
    Files.setOwner(
        socket,
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    assertThat(asked("nobody", socket, "c1", "2048", "no")).contains("observe only");
    assertThat(tuner.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(tuner.exitValue()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"WRITTEN", "RESTORED"})
  void a_kill_leaves_what_was_there_before(String step) throws Exception {
    killAt(step);
  }

  @Test
  @Tag("long")
  void a_kill_at_any_step_leaves_what_was_there_before() throws Exception {
    for (int round = 0; round < 100; round++) {
      for (String step : List.of("READ", "INTENDED", "WRITTEN", "AUDITED", "RESTORED", "ENDED")) {
        server = new FakeServer(Files.createDirectory(folder.resolve(round + "-" + step)));
        killAt(step);
      }
    }
  }

  private void killAt(String step) throws Exception {
    Path socket = server.settings.data().resolveSibling("socket");
    TuningExecutor.Settings settings = server.settings;
    Process tuner =
        start(
            java(
                TunerChild.class.getName(),
                settings.root().toString(),
                settings.data().toString(),
                settings.policy().toString(),
                Integer.toString(settings.policyOwner()),
                step,
                socket.toString(),
                "nobody"));
    try (BufferedReader out = tuner.inputReader(StandardCharsets.UTF_8)) {
      awaitLine(out, "listening");
      List<String> agent =
          new ArrayList<>(
              List.of(
                  "/usr/bin/setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups", "--"));
      agent.addAll(
          java(AskingAgent.class.getName(), socket.toString(), "c1", KNOB, "4096", "60", "yes"));
      Process asking = start(agent);
      awaitLine(out, "at " + step);
      tuner.destroyForcibly().waitFor();
      asking.destroyForcibly().waitFor();
    }
    if (step.equals("WRITTEN")) {
      assertThat(server.somaxconn()).isEqualTo("4096");
    }
    try (TuningExecutor executor = server.open()) {
      assertThat(server.somaxconn()).as("after a kill at %s", step).isEqualTo("128");
      assertThat(executor.isIdle()).isTrue();
    }
    assertThat(server.audit()).isInstanceOf(TuningAudit.Verdict.Intact.class);
  }

  private static void awaitLine(BufferedReader out, String wanted) throws IOException {
    List<String> said = new ArrayList<>();
    String line;
    do {
      line = out.readLine();
      said.add(String.valueOf(line));
      assertThat(line).as("the tuner says '%s': %s", wanted, said).isNotNull();
    } while (!wanted.equals(line));
  }

  private static String owner(Path path) {
    try {
      return Files.getOwner(path).getName();
    } catch (IOException e) {
      return "";
    }
  }

  private static boolean canUnshare() throws InterruptedException {
    try {
      Process process = new ProcessBuilder("unshare", "-n", "true").start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
