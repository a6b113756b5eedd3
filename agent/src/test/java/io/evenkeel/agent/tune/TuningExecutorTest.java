package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TurnedKnob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TuningExecutorTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final TuningRequest BACKLOG = new TuningRequest(FakeServer.SOMAXCONN, "", "4096");

  @TempDir Path folder;
  private FakeServer server;

  @BeforeEach
  void make() throws IOException {
    server = new FakeServer(folder);
  }

  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Test
  void a_dry_run_shows_the_change_and_writes_nothing() throws IOException {
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.dryRun(BACKLOG)).isEqualTo(new TuningResult.Done("128", "4096"));
      assertThat(server.somaxconn()).isEqualTo("128");
      assertThat(executor.changes()).isEmpty();
    }
    assertThat(server.settings.data().resolve("journal")).isEmptyFile();
  }

  @Test
  void turns_a_knob_and_puts_it_back_when_asked() throws IOException {
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.apply("a1", BACKLOG, "anna", LEASE))
          .isEqualTo(new TuningResult.Done("128", "4096"));
      assertThat(server.somaxconn()).isEqualTo("4096");
      assertThat(executor.revert("a1", "anna", "enough"))
          .isEqualTo(new TuningResult.Done("4096", "128"));
      assertThat(server.somaxconn()).isEqualTo("128");
    }
    assertThat(server.audit()).isInstanceOf(TuningAudit.Verdict.Intact.class);
    assertThat(server.auditText()).contains("anna\tapply\ta1 net.core.somaxconn\t128 → 4096");
  }

  @ParameterizedTest
  @CsvSource({
    "net.ipv4.tcp_rmem,'',4096 131072 16777216,proc/sys/net/ipv4/tcp_rmem,4096 131072 6291456",
    "transparent_hugepage/defrag,'',madvise,sys/kernel/mm/transparent_hugepage/defrag,defer+madvise",
    "read_ahead_kb,sda,1024,sys/block/sda/queue/read_ahead_kb,128",
    "rps_cpus,eth0,3,sys/class/net/eth0/queues/rx-0/rps_cpus,0",
    "TasksMax,web.service,4096,sys/fs/cgroup/system.slice/web.service/pids.max,max",
    "MemoryMax,web.service,1073741824,sys/fs/cgroup/system.slice/web.service/memory.max,max",
  })
  void each_kind_of_knob_comes_back_as_it_was(
      String action, String target, String value, String file, String before) throws IOException {
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.apply("k", new TuningRequest(action, target, value), "anna", LEASE))
          .isInstanceOf(TuningResult.Done.class);
      assertThat(server.get(file)).isEqualTo(value);
      assertThat(executor.revert("k", "anna", "")).isInstanceOf(TuningResult.Done.class);
      assertThat(server.get(file)).isEqualTo(before);
    }
  }

  @Test
  void a_quota_is_percent_for_people_and_time_in_the_file() throws IOException {
    try (TuningExecutor executor = server.open()) {
      TuningRequest quota = new TuningRequest("CPUQuota", "web.service", "150%");
      assertThat(executor.apply("q", quota, "anna", LEASE))
          .isEqualTo(new TuningResult.Done("20%", "150%"));
      assertThat(server.get("sys/fs/cgroup/system.slice/web.service/cpu.max"))
          .isEqualTo("150000 100000");
      executor.revert("q", "anna", "");
      assertThat(server.get("sys/fs/cgroup/system.slice/web.service/cpu.max"))
          .isEqualTo("20000 100000");
    }
  }

  @Test
  void a_lease_that_nobody_renews_ends_by_itself() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
      server.nanos.addAndGet(Duration.ofSeconds(20).toNanos());
      executor.renew("a1", LEASE);
      server.nanos.addAndGet(Duration.ofSeconds(20).toNanos());
      executor.expireLeases();
      assertThat(server.somaxconn()).isEqualTo("4096");
      server.nanos.addAndGet(Duration.ofSeconds(10).toNanos());
      executor.expireLeases();
      assertThat(server.somaxconn()).isEqualTo("128");
      assertThat(server.auditText()).contains("its lease ran out");
    }
  }

  @Test
  void the_watch_puts_back_without_being_asked() throws IOException {
    try (TuningExecutor executor =
        TuningExecutor.start(server.settings, InstantSource.system(), System::nanoTime)) {
      executor.apply("a1", BACKLOG, "anna", Duration.ofSeconds(1));
      await().atMost(Duration.ofSeconds(30)).until(() -> server.somaxconn().equals("128"));
    }
  }

  @Test
  void what_an_administrator_wrote_since_is_never_overwritten() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
      server.put("proc/sys/net/core/somaxconn", "1000");
      assertThat(executor.changes()).singleElement().matches(TurnedKnob::drifted);
      assertThat(executor.revert("a1", "anna", "")).isEqualTo(new TuningResult.Yielded("1000"));
      assertThat(server.somaxconn()).isEqualTo("1000");
      assertThat(executor.changes()).isEmpty();
    }
    assertThat(server.auditText()).contains("left as somebody else wrote it: 1000");
  }

  @Test
  void neither_a_block_of_a_trial_nor_a_start_overwrites_an_administrator() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
      executor.hold("a1", false);
      assertThat(server.somaxconn()).isEqualTo("128");
      server.put("proc/sys/net/core/somaxconn", "1000");
      assertThat(executor.hold("a1", true)).isEqualTo(new TuningResult.Yielded("1000"));
    }
    assertThatThrownBy(
            () -> {
              TuningExecutor dying =
                  server.open(step -> {
                    if (step == TuningStep.WRITTEN) {
                      throw new Died();
                    }
                  });
              dying.apply("a2", BACKLOG, "anna", LEASE);
            })
        .isInstanceOf(Died.class);
    server.put("proc/sys/net/core/somaxconn", "1001");
    try (TuningExecutor executor = server.open()) {
      assertThat(server.somaxconn()).isEqualTo("1001");
      assertThat(executor.changes()).isEmpty();
    }
  }

  @Test
  void a_kept_value_stays_over_an_end_of_the_agent_and_can_still_be_reverted() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
      assertThat(executor.keep("a1", "anna")).isInstanceOf(TuningResult.Done.class);
    }
    assertThat(server.somaxconn()).isEqualTo("4096");
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.changes()).singleElement().matches(TurnedKnob::kept);
      assertThat(executor.revert("a1", "anna", "")).isInstanceOf(TuningResult.Done.class);
    }
    assertThat(server.somaxconn()).isEqualTo("128");
  }

  @ParameterizedTest
  @EnumSource(TuningStep.class)
  void an_end_at_any_step_leaves_what_was_there_before(TuningStep last) throws IOException {
    assertThatThrownBy(
            () -> {
              TuningExecutor dying =
                  server.open(step -> {
                    if (step == last) {
                      throw new Died();
                    }
                  });
              dying.apply("a1", BACKLOG, "anna", LEASE);
              dying.revert("a1", "anna", "");
            })
        .isInstanceOf(Died.class);
    try (TuningExecutor executor = server.open()) {
      assertThat(server.somaxconn()).isEqualTo("128");
      assertThat(executor.changes()).isEmpty();
    }
    assertThat(server.audit()).isInstanceOf(TuningAudit.Verdict.Intact.class);
  }

  @Test
  void an_orderly_end_puts_back_what_is_leased() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
    }
    assertThat(server.somaxconn()).isEqualTo("128");
  }

  @Test
  void a_stop_puts_everything_back_and_holds_until_somebody_resumes() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
      executor.stop("anna");
      assertThat(server.somaxconn()).isEqualTo("128");
    }
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.apply("a2", BACKLOG, "anna", LEASE))
          .isEqualTo(new TuningResult.Refused("tuning is stopped on this server"));
      executor.resume("anna");
      assertThat(executor.apply("a3", BACKLOG, "anna", LEASE))
          .isInstanceOf(TuningResult.Done.class);
    }
  }

  @Test
  void a_request_that_comes_twice_is_carried_out_once() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
      executor.revert("a1", "anna", "");
      assertRefused(executor.apply("a1", BACKLOG, "anna", LEASE), "asked for before");
    }
    try (TuningExecutor executor = server.open()) {
      assertRefused(executor.apply("a1", BACKLOG, "anna", LEASE), "asked for before");
      assertThat(server.somaxconn()).isEqualTo("128");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "net.core.somaxconn,'',99999,out of bounds",
    "net.core.wmem_max,'',4194304,no such knob",
    "CPUQuota,gone.service,150%,there is no unit gone.service",
    "MemoryHigh,web.service,1073741824,no such knob",
    "LimitNOFILE,999999@12,4096,there is no process 999999",
    "kernel.core_pattern,'',x,there is no tuning action",
  })
  void refuses_what_is_not_there_or_out_of_bounds_and_notes_it(
      String action, String target, String value, String reason) throws IOException {
    try (TuningExecutor executor = server.open()) {
      TuningRequest request = new TuningRequest(action, target, value);
      assertRefused(executor.dryRun(request), reason);
      assertRefused(executor.apply("a1", request, "anna", LEASE), reason);
    }
    assertThat(server.auditText()).contains(reason);
    assertThat(server.settings.data().resolve("journal")).isEmptyFile();
  }

  @Test
  void never_follows_a_link() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "128\n");
    Path knob = server.root.resolve("proc/sys/net/core/somaxconn");
    Files.delete(knob);
    Files.createSymbolicLink(knob, secret);
    try (TuningExecutor executor = server.open()) {
      assertThat(executor.apply("a1", BACKLOG, "anna", LEASE))
          .isInstanceOf(TuningResult.Refused.class);
    }
    assertThat(secret).hasContent("128\n");
  }

  @Test
  void the_policy_decides_and_the_hub_cannot_widen_it() throws IOException {
    try (TuningExecutor executor = server.open()) {
      server.policy("mode = observe", "allow = *");
      assertRefused(executor.apply("b1", BACKLOG, "anna", LEASE), "observe only");
      server.policy("mode = approve", "allow = CPUQuota web.service");
      assertRefused(executor.apply("b2", BACKLOG, "anna", LEASE), "does not allow");
      server.policy("mode = approve", "allow = net.core.*");
      assertRefused(executor.apply("b3", BACKLOG, "", LEASE), "approval");
      server.policy("mode = auto", "allow = net.core.*", "allow = vm.*");
      assertThat(executor.apply("b4", BACKLOG, "", LEASE)).isInstanceOf(TuningResult.Done.class);
      assertRefused(
          executor.apply("b5", new TuningRequest("vm.swappiness", "", "20"), "", LEASE),
          "approval");
    }
  }

  @Test
  void a_damaged_journal_stops_everything_rather_than_guess() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
    }
    Path journal = server.settings.data().resolve("journal");
    Files.writeString(journal, Files.readString(journal).replace("\t128\t", "\t129\t"));
    assertThatThrownBy(server::open).hasMessageContaining("journal, line 1 is damaged");
  }

  @Test
  void an_altered_audit_log_is_found() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("a1", BACKLOG, "anna", LEASE);
    }
    Path audit = server.settings.data().resolve("audit");
    Files.writeString(audit, server.auditText().replace("anna", "otto"));
    assertThat(server.audit())
        .isEqualTo(new TuningAudit.Verdict.Broken(1, "the line does not fit its hash"));
  }

  private static void assertRefused(TuningResult result, String reason) {
    assertThat(result)
        .isInstanceOfSatisfying(
            TuningResult.Refused.class, refused -> assertThat(refused.reason()).contains(reason));
  }
}
