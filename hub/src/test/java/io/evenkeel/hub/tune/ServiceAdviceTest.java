package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.hub.diagnose.Diagnosis;
import io.evenkeel.hub.diagnose.HostFinding;
import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Finding;
import io.evenkeel.hub.tune.MeasuredSeconds.Second;
import io.evenkeel.hub.tune.Proposals.ProposedChange;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.trial.TrialPlan;
import io.evenkeel.hub.tune.trial.TrialReport.Verdict;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From what a process of a service shows, to advice about the service's own file, to a trial on
/// the running service.
class ServiceAdviceTest {
  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOST = "web1";

  @TempDir Path temporary;
  private Path folder;
  private Path file;
  private TunedTree tree;
  private TuningExecutor executor;
  private Process service;

  @BeforeEach
  void serve() throws IOException {
    assumeTrue(Files.isExecutable(NGINX), "nginx is not installed here");
    folder = temporary.toRealPath();
    tree = new TunedTree(folder, "mode = observe\n");
    Path etc = Files.createDirectory(folder.resolve("etc"));
    Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("rwxr-xr-x"));
    file = etc.resolve("nginx.conf");
    Files.writeString(
        file,
        """
        worker_processes 1;
        worker_rlimit_nofile 300;
        daemon off;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events { worker_connections 64; }
        """
            .formatted(folder));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    executor = tree.start(InstantSource.system(), System::nanoTime);
    service =
        new ProcessBuilder(
                NGINX.toString(), "-c", file.toString(), "-e", folder.resolve("e.log").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    await().atMost(PATIENCE).until(() -> files() == 300);
    await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("nginx.pid")));
  }

  @AfterEach
  void end() throws Exception {
    if (service != null) {
      executor.close();
      service.descendants().forEach(ProcessHandle::destroyForcibly);
      service.destroyForcibly().waitFor();
    }
  }

  private void allow() throws IOException {
    String command = NGINX + " -c " + file + " -e " + folder.resolve("e.log");
    tree.policy(
        """
        mode = approve
        service = nginx
        file = %s
        within = %s
        directive = worker_rlimit_nofile 256 1000
        check = %3$s -t
        reload = %3$s -s reload
        deadline = 10
        """
            .formatted(file, file.getParent(), command));
  }

  /// How many files nginx's worker may have open, as the kernel says; 0 while it has not one.
  private int files() {
    List<ProcessHandle> workers = service.children().toList();
    if (workers.size() != 1) {
      return 0;
    }
    try (var lines = Files.lines(Path.of("/proc/" + workers.getFirst().pid() + "/limits"))) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .mapToInt(line -> Integer.parseInt(line.substring(26).strip().split(" +", 2)[0]))
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      // It has ended since.
      return 0;
    }
  }

  private static Finding finding(String comm) {
    EvidenceWindow window = new EvidenceWindow();
    for (int second = 0; second < 60; second += 10) {
      window.add(
          Labels.of(
              "__name__",
              "evenkeel_process_fds_used_ratio",
              "comm",
              comm,
              "instance",
              HOST,
              "unit",
              comm + ".service",
              "user",
              "www-data"),
          second * 1000L,
          0.97);
    }
    return Diagnosis.of(window).findings().stream()
        .filter(one -> one.cause() == Cause.FILE_DESCRIPTORS)
        .findFirst()
        .orElseThrow();
  }

  private List<ProposedChange> proposed(Finding finding) throws InterruptedException {
    try (CpuPool cpu = new CpuPool(1, 10)) {
      return new Proposals(
              id -> Optional.of(new HostFinding(id, HOST, 0, 0, null, finding)),
              new TunedServers(new OwnServer(HOST, executor, (period, lease) -> {}), List::of),
              new HostNumbers(new QueryEngine(new MemoryStore(), QueryLimits.DEFAULT), cpu),
              InstantSource.system())
          .of("f1")
          .orElseThrow();
    }
  }

  @Test
  void
      nginx_without_files_is_proposed_more_of_them_where_its_server_names_its_file_and_a_trial_gives_them()
          throws Exception {
    Finding finding = finding("nginx");
    assertThat(finding.advice())
        .extracting(one -> one.change().orElseThrow().name())
        .containsExactly("LimitNOFILE", "nginx/worker_rlimit_nofile");
    assertThat(proposed(finding))
        .as("the policy names no nginx")
        .extracting(ProposedChange::action)
        .containsExactly("LimitNOFILE");

    allow();
    ProposedChange change = proposed(finding).getLast();
    assertThat(change.action()).isEqualTo("nginx/worker_rlimit_nofile");
    assertThat(change.from()).isEqualTo("300");
    assertThat(change.to()).isEqualTo("600");
    assertThat(change.problem()).isEmpty();

    SplittableRandom random = new SplittableRandom(3);
    MeasuredSeconds seconds =
        () -> {
          String now = executor.read(change.action(), "nginx").told();
          await().atMost(PATIENCE).until(() -> files() > 0 && now.contains(files() + ""));
          return new Second(
              OptionalDouble.of(290.0 / files() + 0.01 * random.nextDouble()),
              OptionalDouble.of(1000),
              Map.of());
        };
    TrialOutcome outcome =
        new TrialRun(
                new OwnServer(HOST, executor, (period, lease) -> {}),
                TrialPlan.usual(true),
                new TrialTiming(10, 2, 8),
                seconds,
                event -> {})
            .run(
                "t1",
                new TuningRequest(change.action(), change.target(), change.to()),
                "anna",
                change.sought(),
                4);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            TrialOutcome.Tried.class,
            tried -> {
              assertThat(tried.report().verdict()).isEqualTo(Verdict.HELPED);
              assertThat(tried.kept()).isTrue();
            });
    await().atMost(PATIENCE).until(() -> files() == 600);
    assertThat(Files.readString(file)).contains("worker_rlimit_nofile 600;");
  }

  @Test
  void only_services_whose_files_set_that_limit_are_advised_to_raise_it_there() {
    assertThat(finding("redis-server").advice())
        .extracting(one -> one.change().orElseThrow().name())
        .containsExactly("LimitNOFILE", "redis/maxclients");
    assertThat(finding("java").advice())
        .extracting(one -> one.change().orElseThrow().name())
        .containsExactly("LimitNOFILE");
  }
}
