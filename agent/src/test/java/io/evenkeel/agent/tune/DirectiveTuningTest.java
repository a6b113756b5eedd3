package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TurnedKnob;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A directive of a configuration file, with commands that tell what they were called with.
class DirectiveTuningTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final TuningRequest HZ = new TuningRequest("redis/hz", "cache", "50");
  private static final String TEXT = "# how often\nhz 10\nmaxclients 100\nsave 3600 1\n";

  @TempDir Path temporary;
  private FakeServer server;
  private ServedFile served;
  private Path reloads;

  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @BeforeEach
  void make() throws IOException {
    prepare(temporary.toRealPath());
  }

  private void prepare(Path folder) throws IOException {
    server = new FakeServer(folder);
    served = new ServedFile(folder, "cache redis", "redis.conf", TEXT);
    reloads = folder.resolve("reloads");
    Files.writeString(reloads, "");
    served.program("reload", "echo \"$@ $(grep ^hz " + served.file + ")\" >> " + reloads);
    policy("directive = hz 5 60", reload());
  }

  private void policy(String... more) throws IOException {
    server.policy(served.policy(more));
  }

  private String reload() {
    return "reload = " + served.folder.resolve("reload") + " set {directive} {value}";
  }

  private List<String> reloads() throws IOException {
    return Files.readAllLines(reloads);
  }

  @Test
  void a_dry_run_shows_the_difference_of_the_file_and_changes_nothing() throws IOException {
    try (TuningExecutor executor = server.open()) {
      var look = executor.look(HZ);
      assertThat(look.result()).isEqualTo(new TuningResult.Done("10", "50"));
      assertThat(look.objection()).isEmpty();
      assertThat(look.diff())
          .isEqualTo(
              "--- "
                  + served.file
                  + "\n+++ "
                  + served.file
                  + "\n@@ -1,4 +1,4 @@\n # how often\n-hz 10\n+hz 50\n maxclients 100\n save 3600 1\n");
    }
    assertThat(served.text()).isEqualTo(TEXT);
    assertThat(reloads()).isEmpty();
  }

  @Test
  void turns_a_directive_reloads_and_puts_the_file_back_to_the_byte() throws IOException {
    Files.setPosixFilePermissions(served.file, PosixFilePermissions.fromString("rw-r-----"));
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.apply("a1", HZ, "anna", LEASE))
          .isEqualTo(new TuningResult.Done("10", "50"));
      assertThat(served.text()).isEqualTo(TEXT.replace("hz 10", "hz 50"));
      assertThat(Files.getPosixFilePermissions(served.file))
          .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
      assertThat(executor.changes())
          .singleElement()
          .satisfies(change -> assertThat(change.before()).isEqualTo("10"))
          .matches(change -> !change.drifted());
      executor.hold("a1", false);
      assertThat(served.text()).isEqualTo(TEXT);
      executor.hold("a1", true);
      server.nanos.addAndGet(LEASE.toNanos());
      executor.expireLeases();
      assertThat(served.text()).isEqualTo(TEXT);
    }
    assertThat(reloads())
        .containsExactly(
            "set hz 50 hz 50", "set hz 10 hz 10", "set hz 50 hz 50", "set hz 10 hz 10");
    assertThat(served.folder).isDirectoryNotContaining("glob:**/.*");
    assertThat(server.auditText()).contains("anna\tapply\ta1 redis/hz of cache\t10 → 50");
  }

  @Test
  void attributes_of_the_file_stay() throws IOException {
    try {
      Files.setAttribute(served.file, "user:origin", "by hand".getBytes(StandardCharsets.UTF_8));
    } catch (IOException | UnsupportedOperationException e) {
      org.junit.jupiter.api.Assumptions.abort("this file system keeps no attributes of users");
    }
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", HZ, "anna", LEASE);
      assertThat(Files.getAttribute(served.file, "user:origin"))
          .isEqualTo("by hand".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void what_the_check_refuses_is_back_at_once_and_never_reloaded() throws IOException {
    Path check = served.program("check", "echo 'hz is too brave' >&2; exit 3");
    policy("directive = hz 5 60", "check = " + check + " -t", reload());
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.apply("a1", HZ, "anna", LEASE))
          .isEqualTo(
              new TuningResult.Refused(
                  "the check refuses it, and the file is as it was: "
                      + check
                      + " ended with 3: hz is too brave"));
      assertThat(executor.changes()).isEmpty();
    }
    assertThat(served.text()).isEqualTo(TEXT);
    assertThat(reloads()).isEmpty();
    assertThat(server.auditText()).contains("hz is too brave");
  }

  @Test
  void a_check_that_hangs_is_ended_and_counts_as_refused() throws IOException {
    Path check = served.program("check", "sleep 600");
    policy("directive = hz 5 60", "check = " + check, reload(), "deadline = 1");
    try (TuningExecutor executor = server.open()) {
      assertRefused(executor.apply("a1", HZ, "anna", LEASE), "did not end within 1 s");
    }
    assertThat(served.text()).isEqualTo(TEXT);
    assertThat(reloads()).isEmpty();
  }

  @Test
  void a_reload_that_fails_brings_the_file_back_and_is_told() throws IOException {
    served.program("reload", "exit 1");
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.apply("a1", HZ, "anna", LEASE))
          .isInstanceOfSatisfying(
              TuningResult.Failed.class,
              failed -> assertThat(failed.reason()).contains("the reload failed", "ended with 1"));
      assertThat(served.text()).isEqualTo(TEXT);
      assertThat(executor.changes()).hasSize(1);
      // The service may come to itself; a second failure is told, and not tried for ever.
      server.nanos.addAndGet(Duration.ofSeconds(5).toNanos());
      executor.expireLeases();
      assertThat(executor.changes()).isEmpty();
    }
    assertThat(server.auditText()).contains("the file is as it was, but its service did not take");
  }

  @ParameterizedTest
  @CsvSource({"hz 50,hz 40", "maxclients 100,maxclients 200", "hz 50,# none", "hz 50,hz 50/hz 50"})
  void what_an_administrator_wrote_since_is_never_overwritten(String from, String to)
      throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", HZ, "anna", LEASE);
      String theirs = served.text().replace(from, to.replace('/', '\n'));
      served.write(theirs);
      assertThat(executor.revert("a1", "anna", "")).isInstanceOf(TuningResult.Yielded.class);
      assertThat(served.text()).isEqualTo(theirs);
      assertThat(executor.changes()).isEmpty();
    }
    assertThat(reloads()).hasSize(1);
    assertThat(server.auditText()).contains("left as somebody else wrote it");
  }

  @Test
  void a_file_that_is_gone_at_the_end_stays_gone() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", HZ, "anna", LEASE);
      Files.delete(served.file);
      assertThat(executor.revert("a1", "anna", "")).isInstanceOf(TuningResult.Yielded.class);
    }
    assertThat(served.file).doesNotExist();
  }

  @Test
  void a_change_comes_back_though_the_policy_says_nothing_of_it_any_more() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", HZ, "anna", LEASE);
      server.policy("mode = observe");
    }
    assertThat(served.text()).isEqualTo(TEXT);
    assertThat(reloads()).last().isEqualTo("set hz 10 hz 10");
  }

  @Test
  void a_kept_value_is_no_drift_because_of_another_line() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", HZ, "anna", LEASE);
      executor.keep("a1", "anna");
      served.write(served.text() + "# a note\n");
      assertThat(executor.changes()).singleElement().matches(change -> !change.drifted());
      served.write(served.text().replace("hz 50", "hz 20"));
      assertThat(executor.changes()).singleElement().matches(TurnedKnob::drifted);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "redis/hz,cache,61,this server's policy for redis/hz of cache: '61' is out of bounds",
    "redis/hz,cache,101,out of bounds: it takes a whole number from 1 to 100",
    "redis/hz,shop,50,names no redis service 'shop'",
    "redis/maxclients,cache,2000,does not allow redis/maxclients of cache",
    "nginx/worker_connections,cache,1024,names no nginx service 'cache'",
    "redis/save,cache,1,there is no tuning action",
    "redis/hz,../cache,50,does not name what has such a knob",
  })
  void refuses_what_the_policy_does_not_name(
      String action, String target, String value, String reason) throws IOException {
    try (TuningExecutor executor = server.open()) {
      assertRefused(
          executor.apply("a1", new TuningRequest(action, target, value), "anna", LEASE), reason);
    }
    assertThat(served.text()).isEqualTo(TEXT);
    assertThat(reloads()).isEmpty();
    assertThat(server.auditText()).contains(reason);
  }

  @Test
  void refuses_a_file_that_is_not_what_a_policy_may_name() throws IOException {
    try (TuningExecutor executor = server.open()) {
      served.write("maxclients 100\n");
      assertRefused(executor.apply("b1", HZ, "anna", LEASE), "hz does not stand there");
      served.write("hz 10\nhz 10\n");
      assertRefused(executor.apply("b2", HZ, "anna", LEASE), "hz stands there 2 times");
      served.write(TEXT);
      Files.setPosixFilePermissions(served.file, PosixFilePermissions.fromString("rw-rw-r--"));
      assertRefused(executor.apply("b3", HZ, "anna", LEASE), "can be written by others");
      served.write(TEXT);
      Path second = Files.createLink(served.folder.resolve("second"), served.file);
      assertRefused(executor.apply("b4", HZ, "anna", LEASE), "has a second name");
      Files.delete(second);
      Path real = Files.move(served.file, served.folder.resolve("real.conf"));
      assertRefused(executor.apply("b5", HZ, "anna", LEASE), "there is no file");
      Files.createSymbolicLink(served.file, real);
      assertRefused(executor.apply("b6", HZ, "anna", LEASE), "is reached over a link");
      assertThat(real).hasContent(TEXT);
    }
    assertThat(reloads()).isEmpty();
  }

  @Test
  void refuses_a_policy_or_program_that_others_can_write() throws IOException {
    Path program = served.folder.resolve("reload");
    try (TuningExecutor executor = server.open()) {
      Files.setPosixFilePermissions(
          server.settings.policy(), PosixFilePermissions.fromString("rw-r--rw-"));
      assertRefused(executor.apply("c1", HZ, "anna", LEASE), "can be written by others");
      Files.setPosixFilePermissions(
          server.settings.policy(), PosixFilePermissions.fromString("rw-r--r--"));
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xrwx"));
      assertThat(executor.apply("c2", HZ, "anna", LEASE)).isInstanceOf(TuningResult.Failed.class);
      assertThat(server.auditText()).contains(program + " can be written by others");
    }
    assertThat(served.text()).isEqualTo(TEXT);
    assertThat(reloads()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(TuningStep.class)
  void an_end_at_any_step_leaves_the_file_and_the_service_as_before(TuningStep last)
      throws IOException {
    assertThatThrownBy(
            () -> {
              TuningExecutor dying =
                  server.open(step -> {
                    if (step == last) {
                      throw new Died();
                    }
                  });
              dying.apply("a1", HZ, "anna", LEASE);
              dying.revert("a1", "anna", "");
            })
        .isInstanceOf(Died.class);
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.changes()).isEmpty();
    }
    assertThat(served.text()).isEqualTo(TEXT);
    assertThat(reloads().isEmpty() || reloads().getLast().equals("set hz 10 hz 10")).isTrue();
    assertThat(server.audit()).isInstanceOf(TuningAudit.Verdict.Intact.class);
  }

  @ParameterizedTest
  @CsvSource({"check", "reload"})
  void a_kill_while_a_command_runs_leaves_the_file_and_the_service_as_before(String command)
      throws Exception {
    killWithin(command);
  }

  @Test
  @Tag("long")
  void a_kill_at_any_step_or_command_leaves_the_file_and_the_service_as_before() throws Exception {
    List<String> places =
        Stream.concat(
                Stream.of("check", "reload"), Stream.of(TuningStep.values()).map(TuningStep::name))
            .toList();
    for (int round = 0; round < 100; round++) {
      for (String place : places) {
        prepare(Files.createDirectory(temporary.toRealPath().resolve(round + "-" + place)));
        killWithin(place);
      }
    }
  }

  /// @param place a command, which stands still until the process is killed, or a step
  private void killWithin(String place) throws Exception {
    Path still = served.folder.resolve("still");
    Files.writeString(still, "");
    String stand =
        "if [ -e " + still + " ]; then echo at " + place + " > $0.at; exec sleep 600; fi";
    String log = "echo \"$@ $(grep ^hz " + served.file + ")\" >> " + reloads;
    Path check = served.program("check", place.equals("check") ? stand : "exit 0");
    served.program("reload", (place.equals("reload") ? stand + "\n" : "") + log);
    policy("directive = hz 5 60", "check = " + check, reload(), "deadline = 10");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TuningChild.class.getName(),
                server.root.toString(),
                server.settings.data().toString(),
                server.settings.policy().toString(),
                Integer.toString(server.settings.policyOwner()),
                HZ.action(),
                HZ.value(),
                place,
                HZ.target())
            .redirectErrorStream(true)
            .start();
    List<ProcessHandle> children;
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      Path at = served.folder.resolve(place + ".at");
      if (place.equals("check") || place.equals("reload")) {
        org.awaitility.Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> Files.exists(at));
      } else {
        String line;
        do {
          line = out.readLine();
          assertThat(line).as("the child came to %s", place).isNotNull();
        } while (!line.equals("at " + place));
      }
      children = process.descendants().toList();
      process.destroyForcibly().waitFor();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    Files.delete(still);
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.changes()).as("after a kill at %s", place).isEmpty();
    }
    assertThat(served.text()).as("after a kill at %s", place).isEqualTo(TEXT);
    assertThat(reloads().isEmpty() || reloads().getLast().equals("set hz 10 hz 10")).isTrue();
    assertThat(server.audit()).isInstanceOf(TuningAudit.Verdict.Intact.class);
  }

  private static void assertRefused(TuningResult result, String reason) {
    assertThat(result)
        .isInstanceOfSatisfying(
            TuningResult.Refused.class,
            refused -> {
              assertThat(refused.reason()).contains(reason);
              assertTold(refused.reason());
            });
  }

  /// Whoever shows it can use other words: what it says, and what that takes in, is known.
  private static void assertTold(String sentence) {
    assertThat(Refusal.read(sentence))
        .as(sentence)
        .hasValueSatisfying(said -> {
          if (said.refusal() == Refusal.SERVICE_FILE || said.refusal() == Refusal.CHECK_REFUSES) {
            assertTold(said.values().getLast());
          }
        });
  }
}
