package io.evenkeel.hub.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.agent.profile.AsyncProfilerLibrary;
import io.evenkeel.agent.profile.Profiler;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileReport;
import io.evenkeel.model.profile.RecordedProfile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// async-profiler's library, as the hub carries it, in a real Java process: wall-clock time is told
/// of threads that sleep, of which a CPU profile knows nothing.
final class WallClockProfileTest {
  private static final long FASTER = 4;

  @TempDir Path folder;

  /// A process that rests all the time.
  static final class Resting {
    public static void main(String[] args) throws InterruptedException {
      System.out.println("ready");
      for (int i = 0; i < 12_000; i++) {
        rest();
      }
    }

    private static void rest() throws InterruptedException {
      Thread.sleep(50);
    }
  }

  @Test
  void wall_clock_time_is_told_of_a_thread_that_sleeps() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "profiles are taken on Linux");
    Optional<Path> library = AsyncProfilerLibrary.unpack(folder.resolve("library"));
    assumeTrue(library.isPresent(), "async-profiler has no library for this machine");
    BlockingQueue<ProfileReport> reports = new ArrayBlockingQueue<>(1);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                Path.of(Resting.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString(),
                Resting.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    // Nanoseconds pass faster for the profiler, so that ten seconds take two and a half.
    try (Profiler profiler =
        new Profiler(library, Clock.systemUTC(), () -> FASTER * System.nanoTime())) {
      assertThat(process.inputReader().readLine()).isEqualTo("ready");
      Command.Profile wanted =
          new Command.Profile((int) process.pid(), ProfileKind.WALL, Duration.ofSeconds(10));
      assertThat(profiler.start("0123abce", wanted, reports::add)).isEmpty();
      ProfileReport report = reports.poll(180, TimeUnit.SECONDS);
      assertThat(report).isInstanceOf(RecordedProfile.class);
      RecordedProfile profile = (RecordedProfile) report;
      assertThat(profile.engine()).isEqualTo("async-profiler");
      Map<String, Long> stacks = CollapsedStacks.unpack(profile.packed()).counts();
      assertThat(stacks.keySet())
          .as(profile.notes() + " " + stacks)
          .anyMatch(stack -> stack.contains("Resting.rest_[j]"));
      assertThat(process.inputReader().ready()).as("the library writes there too").isFalse();
    } finally {
      process.destroyForcibly();
    }
  }
}
