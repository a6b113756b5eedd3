package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TurnedKnob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// A real control group of version 1 whose process fills a raised limit, so that the kernel does
/// not take the old one. Needs root and such a kernel.
@EnabledIf("hasLegacyMemory")
class LimitInUseTest {
  private static final Path GROUPS = Path.of("/sys/fs/cgroup/memory");
  private static final long OLD = 64 << 20;
  private static final long RAISED = 256 << 20;
  private static final int FILLED = 100 << 20;
  private static final Duration LEASE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong(1);
  private Path group;
  private TuningRequest more;
  private TuningExecutor.Settings settings;
  private Process process;

  static boolean hasLegacyMemory() {
    return Files.isWritable(GROUPS.resolve("memory.limit_in_bytes"))
        && Files.isWritable(GROUPS.resolve("cgroup.procs"));
  }

  @BeforeEach
  void make() throws IOException {
    String name = "evenkeel-test-" + ProcessHandle.current().pid();
    group = Files.createDirectory(GROUPS.resolve(name));
    Files.writeString(group.resolve("memory.limit_in_bytes"), OLD + "\n");
    more = new TuningRequest("MemoryMax", name, Long.toString(RAISED));
    Path policy = Files.writeString(folder.resolve("policy"), "mode = approve\nallow = *\n");
    settings =
        new TuningExecutor.Settings(
            Path.of("/"),
            folder.resolve("tune"),
            policy,
            (Integer) Files.getAttribute(policy, "unix:uid"));
    // tail holds what it read until its input ends.
    process =
        new ProcessBuilder(
                "sh",
                "-c",
                "echo $$ > "
                    + group.resolve("cgroup.procs")
                    + "; read go; (head -c "
                    + FILLED
                    + " /dev/zero; exec cat) | tail -c "
                    + FILLED
                    + " > /dev/null")
            .start();
  }

  @AfterEach
  void end() throws Exception {
    process.getOutputStream().close();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(() -> Files.deleteIfExists(group));
  }

  private TuningExecutor open() throws IOException {
    return TuningExecutor.open(settings, InstantSource.system(), nanos::get, step -> {});
  }

  private long number(String file) {
    try {
      return Long.parseLong(Files.readString(group.resolve(file)).strip());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void fill() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    await().atMost(Duration.ofSeconds(20)).until(() -> number("memory.usage_in_bytes") > FILLED);
  }

  private void free() throws IOException {
    process.getOutputStream().close();
    await().atMost(Duration.ofSeconds(20)).until(() -> number("memory.usage_in_bytes") < OLD);
  }

  private long revertLines() throws IOException {
    return Files.readString(settings.data().resolve("audit"))
        .lines()
        .filter(line -> line.contains("\trevert\t"))
        .count();
  }

  private void retried(TuningExecutor executor) {
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    executor.expireLeases();
  }

  @Test
  void a_block_that_cannot_have_the_old_value_is_told_from_one_that_has() throws IOException {
    try (TuningExecutor executor = open()) {
      assertThat(executor.apply("t1", more, "anna", LEASE)).isInstanceOf(TuningResult.Done.class);
      assertThat(executor.hold("t1", false)).isInstanceOf(TuningResult.Done.class);
      assertThat(executor.hold("t1", true)).isInstanceOf(TuningResult.Done.class);
      fill();
      assertThat(executor.hold("t1", false))
          .isInstanceOfSatisfying(
              TuningResult.Busy.class,
              busy -> assertThat(busy.reason()).contains("does not lower the limit to " + OLD));
      assertThat(number("memory.limit_in_bytes")).isEqualTo(RAISED);
      assertThat(executor.hold("t1", true)).isInstanceOf(TuningResult.Done.class);
      free();
    }
    assertThat(number("memory.limit_in_bytes")).isEqualTo(OLD);
  }

  @Test
  void an_old_value_that_is_owed_survives_the_process_and_comes_back_once_it_can()
      throws IOException {
    try (TuningExecutor executor = open()) {
      executor.apply("t1", more, "anna", LEASE);
      fill();
      assertThat(executor.revert("t1", "anna", "enough")).isInstanceOf(TuningResult.Busy.class);
      retried(executor);
      retried(executor);
      assertThat(executor.changes())
          .singleElement()
          .matches(change -> !change.kept() && !change.drifted());
      assertThat(revertLines()).as("one line, not one a try").isOne();
    }
    try (TuningExecutor next = open()) {
      assertThat(number("memory.limit_in_bytes")).isEqualTo(RAISED);
      assertThat(next.isIdle()).isFalse();
      free();
      retried(next);
      assertThat(number("memory.limit_in_bytes")).isEqualTo(OLD);
      assertThat(next.isIdle()).isTrue();
    }
  }

  @Test
  void a_limit_below_what_is_in_use_is_refused_and_nothing_is_owed() throws IOException {
    Files.writeString(group.resolve("memory.limit_in_bytes"), RAISED + "\n");
    fill();
    TuningRequest less = new TuningRequest("MemoryMax", more.target(), Long.toString(OLD));
    try (TuningExecutor executor = open()) {
      assertThat(executor.apply("t1", less, "anna", LEASE))
          .isInstanceOfSatisfying(
              TuningResult.Refused.class,
              refused ->
                  assertThat(refused.reason()).contains("does not lower the limit to " + OLD));
      assertThat(number("memory.limit_in_bytes")).isEqualTo(RAISED);
      assertThat(executor.isIdle()).isTrue();
      retried(executor);
      assertThat(revertLines()).isZero();
      free();
    }
  }

  @Test
  void a_kept_value_that_is_not_to_stay_is_owed_too() throws IOException {
    try (TuningExecutor executor = open()) {
      executor.apply("t1", more, "anna", LEASE);
      executor.keep("t1", "anna");
      fill();
      assertThat(executor.revert("t1", "bert", "enough")).isInstanceOf(TuningResult.Busy.class);
      assertThat(executor.changes()).singleElement().matches(change -> !change.kept());
    }
    try (TuningExecutor next = open()) {
      assertThat(next.changes()).extracting(TurnedKnob::id).containsExactly("t1");
      free();
      retried(next);
      assertThat(number("memory.limit_in_bytes")).isEqualTo(OLD);
      assertThat(next.changes()).isEmpty();
    }
  }
}
