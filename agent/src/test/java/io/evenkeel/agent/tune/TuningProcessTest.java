package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real ends of real processes, and real knobs of the kernel.
class TuningProcessTest {
  @TempDir Path folder;
  private FakeServer server;

  @BeforeEach
  void make() throws IOException {
    server = new FakeServer(folder);
  }

  @Test
  void a_kill_right_after_the_write_leaves_what_was_there_before() throws Exception {
    killAt(TuningStep.WRITTEN, "128");
  }

  @Test
  @Tag("long")
  void a_kill_at_any_step_leaves_what_was_there_before() throws Exception {
    for (int round = 0; round < 100; round++) {
      for (TuningStep step : TuningStep.values()) {
        server = new FakeServer(Files.createDirectory(folder.resolve(round + "-" + step)));
        killAt(step, "128");
      }
    }
  }

  private void killAt(TuningStep step, String before) throws Exception {
    List<String> command = child(server.root);
    command.add(step.name());
    killAt(command, step.name());
    if (step == TuningStep.WRITTEN) {
      assertThat(server.somaxconn()).isEqualTo("4096");
    }
    try (TuningExecutor executor = server.open()) {
      assertThat(server.somaxconn()).as("after a kill at %s", step).isEqualTo(before);
      assertThat(executor.changes()).isEmpty();
    }
    assertThat(server.audit()).isInstanceOf(TuningAudit.Verdict.Intact.class);
  }

  private static void killAt(List<String> command, String step) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      do {
        line = out.readLine();
        assertThat(line).as("the child came to %s", step).isNotNull();
      } while (!line.equals("at " + step));
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void turns_a_real_sysctl_in_a_network_namespace_of_its_own() throws Exception {
    assumeTrue(canUnshare(), "network namespaces may not be made here");
    List<String> command = new ArrayList<>(List.of("unshare", "-n"));
    command.addAll(child(Path.of("/")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    List<String> lines = said.lines().filter(line -> line.matches("Done.*|[0-9]+")).toList();
    assertThat(lines).as(said).hasSize(4);
    String before = lines.get(3);
    assertThat(lines.get(0)).isEqualTo("Done[before=" + before + ", after=2048]");
    assertThat(lines.get(1)).isEqualTo("2048");
  }

  @ParameterizedTest
  @CsvSource({
    "LimitNOFILE,512",
    "Nice,7",
    "IOSchedulingPriority,best-effort:6",
    "IOSchedulingPriority,idle",
    "CPUAffinity,0",
  })
  void turns_the_properties_of_a_running_process(String action, String value) throws Exception {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
        "only root may put a process's properties back");
    Process sleeper = new ProcessBuilder("sleep", "600").start();
    try (TuningExecutor executor =
        TuningExecutor.open(
            new TuningExecutor.Settings(
                Path.of("/"),
                server.settings.data(),
                server.settings.policy(),
                server.settings.policyOwner()),
            InstantSource.system(),
            System::nanoTime,
            step -> {})) {
      int pid = Math.toIntExact(sleeper.pid());
      String target = pid + "@" + ProcessKnob.startTicks(Path.of("/proc"), pid);
      String before =
          assertInstanceOf(TuningResult.Done.class, executor.read(action, target)).after();
      assertThat(
              executor.apply(
                  "p", new TuningRequest(action, target, value), "anna", Duration.ofMinutes(1)))
          .isEqualTo(new TuningResult.Done(before, value));
      assertThat(executor.revert("p", "anna", "")).isInstanceOf(TuningResult.Done.class);
      assertThat(executor.read(action, target)).isEqualTo(new TuningResult.Done(before, before));
      assertThat(executor.dryRun(new TuningRequest(action, pid + "@1", value)))
          .isEqualTo(new TuningResult.Refused("process " + pid + " is another one by now"));
    } finally {
      sleeper.destroyForcibly();
    }
  }

  @Test
  void of_several_processes_the_one_nearest_to_its_limit_of_files_is_named_first()
      throws Exception {
    String name = "sleeper" + ProcessHandle.current().pid();
    Path program = folder.resolve(name);
    Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
    List<Process> sleepers = new ArrayList<>();
    try {
      for (String limit : List.of("200", "20", "100")) {
        sleepers.add(
            new ProcessBuilder("sh", "-c", "ulimit -n " + limit + "; exec " + program + " 600")
                .start());
      }
      Knobs knobs =
          new Knobs(
              Path.of("/"),
              () -> TuningPolicy.read(server.settings.policy(), server.settings.policyOwner()),
              server.settings.policyOwner());
      await().atMost(Duration.ofMinutes(1)).until(() -> knobs.processesNamed(name).size() == 3);
      assertThat(knobs.processesNamed(name))
          .extracting(target -> target.replaceFirst("@.*", ""))
          .containsExactly(
              Long.toString(sleepers.get(1).pid()),
              Long.toString(sleepers.get(2).pid()),
              Long.toString(sleepers.get(0).pid()));
    } finally {
      for (Process sleeper : sleepers) {
        sleeper.destroyForcibly().waitFor();
      }
    }
  }

  /// A service that forked workers: they block until their shell is killed.
  private Process service(String name, int workers) throws Exception {
    Path pipe = folder.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process service =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -Sn 300; " + ("(read line < " + pipe + ") & ").repeat(workers) + "wait")
            .start();
    await().atMost(Duration.ofMinutes(1)).until(() -> service.children().count() == workers);
    return service;
  }

  private static List<Integer> workers(Process service) {
    return service.children().map(one -> Math.toIntExact(one.pid())).sorted().toList();
  }

  private static String target(int pid) throws IOException {
    return pid + "@" + ProcessKnob.startTicks(Path.of("/proc"), pid);
  }

  private static List<Long> filesOf(List<Integer> pids) throws KnobException {
    List<Long> limits = new ArrayList<>();
    for (int pid : pids) {
      limits.add(ProcessCalls.limit(pid, ProcessCalls.RLIMIT_NOFILE).soft());
    }
    return limits;
  }

  private static void end(Process service) throws InterruptedException {
    service.descendants().forEach(ProcessHandle::destroyForcibly);
    service.destroyForcibly().waitFor();
  }

  private TuningExecutor.Settings thisMachine() {
    return new TuningExecutor.Settings(
        Path.of("/"),
        server.settings.data(),
        server.settings.policy(),
        server.settings.policyOwner());
  }

  @Test
  void the_limit_of_one_worker_is_that_of_all_workers_of_its_service() throws Exception {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
        "only root may put a process's properties back");
    Process service = service("mine", 3);
    Process stranger = service("stranger", 1);
    try (TuningExecutor executor =
        TuningExecutor.open(thisMachine(), InstantSource.system(), System::nanoTime, step -> {})) {
      List<Integer> all = workers(service);
      int master = Math.toIntExact(service.pid());
      TuningRequest twice = new TuningRequest("LimitNOFILE", target(all.get(1)), "600");
      assertThat(executor.apply("w1", twice, "anna", Duration.ofMinutes(1)))
          .isEqualTo(new TuningResult.Done("300", "600"));
      assertThat(filesOf(all)).containsExactly(600L, 600L, 600L);
      assertThat(filesOf(List.of(master))).containsExactly(300L);
      assertThat(filesOf(workers(stranger))).containsExactly(300L);

      assertThat(executor.hold("w1", false)).isInstanceOf(TuningResult.Done.class);
      assertThat(filesOf(all)).containsExactly(300L, 300L, 300L);
      assertThat(executor.hold("w1", true)).isInstanceOf(TuningResult.Done.class);
      // One that ended, and be it the one that was named, does not keep the others' limit.
      ProcessHandle.of(all.get(1)).orElseThrow().destroyForcibly();
      List<Integer> left = List.of(all.get(0), all.get(2));
      await().atMost(Duration.ofMinutes(1)).until(() -> workers(service).equals(left));
      assertThat(executor.revert("w1", "anna", "")).isInstanceOf(TuningResult.Done.class);
      assertThat(filesOf(left)).containsExactly(300L, 300L);

      executor.apply(
          "w2",
          new TuningRequest("LimitNOFILE", target(all.get(0)), "600"),
          "anna",
          Duration.ofMinutes(1));
      long hard = ProcessCalls.limit(all.get(2), ProcessCalls.RLIMIT_NOFILE).hard();
      ProcessCalls.setLimit(
          all.get(2), ProcessCalls.RLIMIT_NOFILE, new ProcessCalls.Limit(400, hard));
      assertThat(executor.revert("w2", "anna", ""))
          .as("somebody else's value of one of them stays")
          .isInstanceOf(TuningResult.Yielded.class);
      assertThat(filesOf(left)).containsExactly(600L, 400L);
    } finally {
      end(service);
      end(stranger);
    }
  }

  @ParameterizedTest
  @CsvSource({"INTENDED,true", "WRITTEN,false", "WRITTEN,true"})
  void a_kill_leaves_every_worker_with_the_limit_that_it_had(String step, boolean halfWritten)
      throws Exception {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
        "only root may put a process's properties back");
    Process service = service("mine", 3);
    try {
      List<Integer> all = workers(service);
      List<String> command = child(Path.of("/"));
      command.set(command.size() - 2, "LimitNOFILE");
      command.set(command.size() - 1, "600");
      command.add(step);
      command.add(target(all.getFirst()));
      ProcessCalls.Limit before = ProcessCalls.limit(all.getFirst(), ProcessCalls.RLIMIT_NOFILE);
      killAt(command, step);
      if (halfWritten) {
        // As a kill between two workers leaves it.
        ProcessCalls.setLimit(
            all.getFirst(), ProcessCalls.RLIMIT_NOFILE, new ProcessCalls.Limit(600, before.hard()));
        ProcessCalls.setLimit(all.getLast(), ProcessCalls.RLIMIT_NOFILE, before);
      } else {
        assertThat(filesOf(all)).containsExactly(600L, 600L, 600L);
      }
      try (TuningExecutor executor =
          TuningExecutor.open(
              thisMachine(), InstantSource.system(), System::nanoTime, next -> {})) {
        for (int pid : all) {
          assertThat(ProcessCalls.limit(pid, ProcessCalls.RLIMIT_NOFILE)).isEqualTo(before);
        }
        assertThat(executor.isIdle()).isTrue();
      }
    } finally {
      end(service);
    }
  }

  /// systemd says that all is well where version 1 of the control groups refuses a limit below what
  /// is in use, and would set it when it next may.
  @Test
  void a_limit_that_the_kernel_refuses_is_taken_back_from_systemd_too() throws Exception {
    Files.delete(server.root.resolve("sys/fs/cgroup/cgroup.controllers"));
    String group = "sys/fs/cgroup/memory/system.slice/web.service/";
    server.put(group + "memory.limit_in_bytes", Long.toString(256 << 20));
    server.put(group + "memory.usage_in_bytes", Long.toString(200 << 20));
    Path asked = folder.resolve("asked");
    systemd("echo \"$5\" >> " + asked + "\n");
    try (TuningExecutor executor = server.open()) {
      assertThat(
              executor.apply(
                  "s",
                  new TuningRequest("MemoryMax", "web.service", Long.toString(100 << 20)),
                  "anna",
                  Duration.ofMinutes(1)))
          .isEqualTo(
              new TuningResult.Refused(
                  Refusal.IN_USE.text(Integer.toString(100 << 20), Integer.toString(200 << 20))));
      assertThat(executor.isIdle()).isTrue();
    }
    assertThat(asked).hasContent("MemoryMax=104857600\nMemoryMax=268435456\n");
  }

  @Test
  void asks_systemd_where_it_runs_without_shell_or_environment() throws Exception {
    Path asked = folder.resolve("asked");
    Path program =
        systemd(
            "echo \"$@\" \"${HOME-no home}\" >> "
                + asked
                + "\necho \"${5#*=}\" > "
                + server.root.resolve("sys/fs/cgroup/system.slice/web.service/pids.max")
                + "\n");
    try (TuningExecutor executor = server.open()) {
      assertThat(
              executor.apply(
                  "s",
                  new TuningRequest("TasksMax", "web.service", "4096"),
                  "anna",
                  Duration.ofMinutes(1)))
          .isEqualTo(new TuningResult.Done("infinity", "4096"));
      executor.revert("s", "anna", "");
      // A stopped unit has no control group, and systemd would start it with the new value.
      Path group = server.root.resolve("sys/fs/cgroup/system.slice/web.service");
      executor.apply(
          "t", new TuningRequest("TasksMax", "web.service", "8192"), "anna", Duration.ofMinutes(1));
      Files.move(group, server.root.resolve("stopped"));
      server.put("run/systemd/system.control/web.service.d/50-TasksMax.conf", "");
      Files.writeString(program, Files.readString(program).replaceFirst("\necho \"\\$\\{5.*", ""));
      assertThat(executor.revert("t", "anna", "")).isEqualTo(new TuningResult.Done("8192", "gone"));
    }
    assertThat(asked)
        .hasContent(
            "set-property --runtime -- web.service TasksMax=4096 no home\n"
                + "set-property --runtime -- web.service TasksMax=infinity no home\n"
                + "set-property --runtime -- web.service TasksMax=8192 no home\n"
                + "set-property --runtime -- web.service TasksMax=infinity no home\n");
  }

  /// Lets systemd run on the server; answers its program, which does what a script says.
  private Path systemd(String script) throws IOException {
    Files.createDirectories(server.root.resolve("run/systemd/system"));
    Path program = server.root.resolve("usr/bin/systemctl");
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  private List<String> child(Path root) {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            TuningChild.class.getName(),
            root.toString(),
            server.settings.data().toString(),
            server.settings.policy().toString(),
            Integer.toString(server.settings.policyOwner()),
            FakeServer.SOMAXCONN,
            root.toString().equals("/") ? "2048" : "4096"));
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
