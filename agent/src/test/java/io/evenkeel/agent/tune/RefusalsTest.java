package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an executor really refuses is a [Refusal] that a page has words for.
class RefusalsTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final TuningRequest BACKLOG = new TuningRequest(FakeServer.SOMAXCONN, "", "4096");

  @TempDir Path folder;
  private FakeServer server;

  @BeforeEach
  void make() throws IOException {
    server = new FakeServer(folder);
  }

  private static Refusal said(TuningResult result) {
    assertThat(result).isInstanceOf(TuningResult.Refused.class);
    return read(((TuningResult.Refused) result).reason()).refusal();
  }

  private static Refusal.Said read(String sentence) {
    return Refusal.read(sentence).orElseThrow(() -> new AssertionError("not known: " + sentence));
  }

  private Refusal applied(TuningRequest request) throws IOException {
    try (TuningExecutor executor = server.open()) {
      return said(executor.apply("r1", request, "anna", LEASE));
    }
  }

  /// Why the policy is stricter than what its file says, as the refusal has it.
  private Refusal stricter() throws IOException {
    try (TuningExecutor executor = server.open()) {
      String told = ((TuningResult.Refused) executor.apply("p1", BACKLOG, "anna", LEASE)).reason();
      Refusal.Said outer = read(told);
      assertThat(outer.refusal()).isEqualTo(Refusal.POLICY_OBSERVES_AS);
      return read(outer.values().getFirst()).refusal();
    }
  }

  /// What is wrong with the last of some lines, which is told by its number.
  private Refusal wrongLine(String... lines) throws IOException {
    server.policy(lines);
    try (TuningExecutor executor = server.open()) {
      Refusal.Said line = read(executor.standing().reason());
      assertThat(line.refusal()).isEqualTo(Refusal.POLICY_LINE);
      assertThat(line.values().get(1)).isEqualTo(Integer.toString(lines.length));
      return read(line.values().getLast()).refusal();
    }
  }

  @Test
  void what_the_policy_refuses() throws IOException {
    server.policy("mode = observe");
    assertThat(applied(BACKLOG)).isEqualTo(Refusal.POLICY_OBSERVES);
    server.policy("mode = approve", "allow = vm.*");
    assertThat(applied(BACKLOG)).isEqualTo(Refusal.POLICY_FORBIDS);
    server.policy("mode = approve", "allow = *");
    try (TuningExecutor executor = server.open()) {
      assertThat(said(executor.apply("r1", BACKLOG, "", LEASE)))
          .isEqualTo(Refusal.POLICY_WANTS_APPROVAL);
    }
  }

  @Test
  void what_is_wrong_with_a_policy() throws IOException {
    assertThat(wrongLine("mode = sometimes")).isEqualTo(Refusal.LINE_MODE);
    assertThat(wrongLine("mode approve")).isEqualTo(Refusal.LINE_UNKNOWN);
    assertThat(wrongLine("allow = a b c")).isEqualTo(Refusal.LINE_ALLOW);
    assertThat(wrongLine("permit = vm.*")).isEqualTo(Refusal.LINE_SETTING);
    assertThat(wrongLine("file = /etc/x")).isEqualTo(Refusal.LINE_WITHOUT_SERVICE);
    assertThat(wrongLine("service = web apache")).isEqualTo(Refusal.LINE_SERVICE);
    assertThat(wrongLine("service = nginx")).isEqualTo(Refusal.LINE_SERVICE_LACKS);
    assertThat(wrongLine("service = nginx", "file = etc/x")).isEqualTo(Refusal.LINE_PATH);
    assertThat(wrongLine("service = nginx", "reload = ./x")).isEqualTo(Refusal.LINE_PATH);
    assertThat(wrongLine("service = nginx", "directive = x")).isEqualTo(Refusal.LINE_DIRECTIVE);
    assertThat(wrongLine("service = nginx", "directive = x 1 2")).isEqualTo(Refusal.NO_ACTION);
    assertThat(wrongLine("service = nginx", "directive = worker_connections 0 1"))
        .isEqualTo(Refusal.LINE_BOUNDS);
    assertThat(wrongLine("service = nginx", "deadline = 11")).isEqualTo(Refusal.LINE_DEADLINE);
    assertThat(
            wrongLine(
                "service = nginx",
                "file = /etc/nginx/nginx.conf",
                "within = /etc/nginx",
                "reload = /usr/sbin/nginx",
                "service = nginx"))
        .isEqualTo(Refusal.LINE_SERVICE_TWICE);
    server.policy("mode = approve", "allow = *");
    Files.setPosixFilePermissions(
        server.settings.policy(), PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(stricter()).isEqualTo(Refusal.POLICY_WRITABLE);
    Files.delete(server.settings.policy());
    assertThat(stricter()).isEqualTo(Refusal.POLICY_MISSING);
    Files.createDirectory(server.settings.policy());
    assertThat(stricter()).isEqualTo(Refusal.POLICY_IS_NO_FILE);
  }

  @Test
  void what_is_not_there_or_out_of_bounds() throws IOException {
    assertThat(applied(new TuningRequest("net.core.somaxconn", "", "1")))
        .isEqualTo(Refusal.OUT_OF_BOUNDS);
    assertThat(applied(new TuningRequest("no.knob", "", "1"))).isEqualTo(Refusal.NO_ACTION);
    assertThat(applied(new TuningRequest("vm.page-cluster", "", "1"))).isEqualTo(Refusal.NO_KNOB);
    assertThat(applied(new TuningRequest("TasksMax", "gone.service", "4096")))
        .isEqualTo(Refusal.NO_UNIT);
    assertThat(applied(new TuningRequest("LimitNOFILE", "999999@1", "4096")))
        .isEqualTo(Refusal.NO_PROCESS);
  }

  @Test
  void what_comes_twice_too_late_or_while_tuning_is_stopped() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("r1", BACKLOG, "anna", LEASE);
      assertThat(said(executor.apply("r1", BACKLOG, "anna", LEASE))).isEqualTo(Refusal.REPLAYED);
      assertThat(said(executor.apply("r2", BACKLOG, "anna", LEASE)))
          .isEqualTo(Refusal.TURNED_ALREADY);
      assertThat(said(executor.hold("r9", true))).isEqualTo(Refusal.NO_CHANGE);
      executor.stop("anna");
      assertThat(said(executor.apply("r3", BACKLOG, "anna", LEASE))).isEqualTo(Refusal.STOPPED);
    }
  }
}
