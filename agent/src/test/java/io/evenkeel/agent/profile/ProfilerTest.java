package io.evenkeel.agent.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.FailedProfile;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import io.evenkeel.model.profile.ProfileReport;
import io.evenkeel.model.profile.RecordedProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real processes under the real recorders. Nanoseconds pass four times as fast for the profiler,
/// so that a run of ten seconds takes two and a half.
class ProfilerTest {
  private static final long FASTER = 4;

  @TempDir Path folder;
  private final BlockingQueue<ProfileReport> reports = new ArrayBlockingQueue<>(4);
  private Profiler profiler;

  @BeforeAll
  static void onLinux() {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "profiles are taken on Linux");
  }

  @BeforeEach
  void start() throws IOException {
    profiler =
        new Profiler(
            AsyncProfilerLibrary.unpack(folder.resolve("library")),
            Clock.systemUTC(),
            () -> FASTER * System.nanoTime());
  }

  @AfterEach
  void stop() {
    profiler.close();
  }

  private Process java(int seconds) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                place(),
                Busy.class.getName(),
                Integer.toString(seconds))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  private static String place() {
    return Path.of(Busy.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .toString();
  }

  private Optional<ProfileNote> begin(long pid, ProfileKind kind) {
    return profiler.start(
        "0123abcd", new Command.Profile((int) pid, kind, Duration.ofSeconds(10)), reports::add);
  }

  private ProfileReport report() throws InterruptedException {
    ProfileReport report = reports.poll(180, TimeUnit.SECONDS);
    assertThat(report).isNotNull();
    return report;
  }

  private RecordedProfile profile() throws InterruptedException {
    ProfileReport report = report();
    assertThat(report).isInstanceOf(RecordedProfile.class);
    return (RecordedProfile) report;
  }

  private RecordedProfile recorded(Process process, ProfileKind kind) throws Exception {
    try {
      assertThat(begin(process.pid(), kind)).isEmpty();
      return profile();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Map<String, Long> stacks(RecordedProfile profile) throws Exception {
    return CollapsedStacks.unpack(profile.packed()).counts();
  }

  private static long of(Map<String, Long> stacks, String part) {
    return stacks.entrySet().stream()
        .filter(entry -> entry.getKey().contains(part))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  @Test
  void the_flight_recorder_tells_which_code_of_a_java_process_computes() throws Exception {
    RecordedProfile profile = recorded(java(300), ProfileKind.CPU);
    assertThat(profile.engine()).isEqualTo("jfr");
    assertThat(of(stacks(profile), "Busy.compute_[j]"))
        .as(profile.notes() + " " + stacks(profile))
        .isPositive();
    assertThat(profile.ownCpuSeconds()).isPresent();
    assertThat(profile.comm()).isEqualTo("java");
    assertThat(leftOver()).isEmpty();
  }

  @Test
  void allocation_is_told_in_bytes_with_the_type_as_the_leaf() throws Exception {
    RecordedProfile profile = recorded(java(300), ProfileKind.ALLOCATION);
    assertThat(profile.unit()).isEqualTo(RecordedProfile.ValueUnit.BYTES);
    assertThat(of(stacks(profile), "Busy.allocate_[j];byte[]_[i]")).isGreaterThan(64 << 10);
  }

  @Test
  void locks_are_told_with_the_time_that_threads_waited() throws Exception {
    Map<String, Long> stacks = stacks(recorded(java(300), ProfileKind.LOCK));
    assertThat(of(stacks, "Busy.holdLock_[j];java.lang.Object_[i]")).isGreaterThan(1_000_000);
  }

  @Test
  void memory_is_told_by_mapping_and_through_time() throws Exception {
    RecordedProfile profile = recorded(java(300), ProfileKind.MEMORY);
    assertThat(of(stacks(profile), "libjvm.so")).isGreaterThan(1 << 20);
    assertThat(profile.memory()).hasSizeGreaterThan(2);
    assertThat(profile.memory().getLast().residentBytes()).isGreaterThan(10 << 20);
    assertThat(profile.memory().getFirst().proportionalBytes()).isPresent();
  }

  @Test
  void of_a_process_that_is_killed_what_was_gathered_stands() throws Exception {
    profiler.close();
    profiler = new Profiler(Optional.empty(), Clock.systemUTC(), System::nanoTime);
    Process killed = java(300);
    assertThat(begin(killed.pid(), ProfileKind.CPU)).isEmpty();
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> flushes(killed.pid()) >= 3);
    killed.destroyForcibly();
    RecordedProfile profile = profile();
    assertThat(profile.notes()).contains(new ProfileNote(Code.PROCESS_ENDED));
    assertThat(of(stacks(profile), "Busy.compute_[j]")).isPositive();
  }

  /// How often the recorder has flushed what it gathered, by the header of its chunk.
  private static int flushes(long pid) throws IOException {
    try (Stream<Path> folders = Files.list(Path.of("/tmp"))) {
      for (Path folder : folders.filter(one -> one.toString().endsWith("_" + pid)).toList()) {
        try (Stream<Path> chunks = Files.list(folder)) {
          for (Path chunk : chunks.toList()) {
            byte[] bytes = Files.readAllBytes(chunk);
            return bytes.length > 64 && bytes[64] > 0 ? bytes[64] : 0;
          }
        }
      }
    }
    return 0;
  }

  @Test
  void what_uses_more_than_its_budget_is_stopped_and_stands() throws Exception {
    profiler.close();
    profiler = new Profiler(Optional.empty(), Clock.systemUTC(), System::nanoTime, -1);
    RecordedProfile profile = recorded(java(300), ProfileKind.CPU);
    assertThat(profile.notes()).extracting(ProfileNote::code).contains(Code.OVER_BUDGET);
    assertThat(profile.lengthMillis()).isLessThan(10_000);
  }

  @Test
  void one_run_at_a_time_and_a_process_must_be_there() throws Exception {
    assertThat(begin(4_194_300, ProfileKind.CPU).orElseThrow().code()).isEqualTo(Code.NO_PROCESS);
    Process process = java(300);
    try {
      assertThat(begin(process.pid(), ProfileKind.MEMORY)).isEmpty();
      assertThat(begin(process.pid(), ProfileKind.MEMORY).orElseThrow().code())
          .isEqualTo(Code.BUSY);
      report();
    } finally {
      process.destroyForcibly();
    }
    Process sleep = new ProcessBuilder("sleep", "60").start();
    try {
      assertThat(begin(sleep.pid(), ProfileKind.ALLOCATION)).isEmpty();
      assertThat(((FailedProfile) report()).reason().code()).isEqualTo(Code.NOT_JAVA);
    } finally {
      sleep.destroyForcibly();
    }
  }

  @Test
  void perf_tells_which_code_of_a_native_process_computes() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perf")), "perf is not installed");
    assumeTrue(TargetProcess.asRoot(), "perf may not be allowed to this user");
    Process process =
        new ProcessBuilder("dd", "if=/dev/zero", "of=/dev/null", "bs=512")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    RecordedProfile profile = recorded(process, ProfileKind.CPU);
    assertThat(profile.engine()).isEqualTo("perf");
    assertThat(of(stacks(profile), "")).isPositive();
    assertThat(List.copyOf(stacks(profile).keySet())).anyMatch(stack -> stack.contains("_[k]"));
  }

  @Test
  void perf_tells_java_code_and_the_kernel_below_it() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perf")), "perf is not installed");
    assumeTrue(TargetProcess.asRoot(), "perf may not be allowed to this user");
    RecordedProfile profile = recorded(java(300), ProfileKind.MIXED);
    Map<String, Long> stacks = stacks(profile);
    assertThat(of(stacks, "Busy.hotLoop_[j]")).as(profile.notes() + " " + stacks).isPositive();
  }

  private static List<Path> leftOver() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().contains("evenkeel-0123abcd"))
          .toList();
    }
  }
}
