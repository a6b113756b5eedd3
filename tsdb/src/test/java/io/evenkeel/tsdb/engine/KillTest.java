package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.SampleBatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kill -9 under load, again and again on one store: what was acknowledged is there, once.
class KillTest {
  @TempDir Path directory;

  @Test
  void loses_nothing_when_it_is_killed() throws Exception {
    kill(5, 11);
  }

  /// A thousand kills; a store of its own for each fifty, since all of it is compared after each.
  @RepeatedTest(20)
  @Tag("long")
  void loses_nothing_when_it_is_killed_fifty_times(RepetitionInfo repetition) throws Exception {
    kill(50, 11L + repetition.getCurrentRepetition());
  }

  private void kill(int times, long seed) throws Exception {
    Random random = new Random(seed);
    Ledger ledger = new Ledger(KilledWriter.SERIES);
    long[] next = new long[KilledWriter.THREADS];
    for (int i = 0; i < times; i++) {
      long before = next[0] + next[1] + next[2];
      // The acknowledged batches after which the process dies.
      killAfter(50 + random.nextInt(1_500), ledger, next);
      long newest = 0;
      for (int thread = 0; thread < next.length; thread++) {
        newest = Math.max(newest, KilledWriter.time(thread, next[thread]));
        // The batch under way may have been stored; what it held was sent.
        SampleBatch unanswered =
            ledger.batch(
                KilledWriter.time(thread, next[thread]), KilledWriter.random(thread, next[thread]));
        assertThat(unanswered.sampleCount()).isPositive();
      }
      Instant now = Instant.ofEpochMilli(newest);
      try (LocalStore store =
          LocalStore.open(directory, StoreSettings.DEFAULT.withoutMaintenance(), () -> now)) {
        String where = "seed " + seed + ", kill " + i;
        assertThat(store.problems()).as(where).isEmpty();
        assertThat(ledger.wrongIn(store)).as(where).isEmpty();
      }
      assertThat(next[0] + next[1] + next[2]).isGreaterThan(before);
    }
  }

  /// Runs the writer until it acknowledged some batches, kills it, and notes what it acknowledged.
  private void killAfter(int batches, Ledger ledger, long[] next)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(KilledWriter.class.getName());
    command.add(directory.toString());
    for (long first : next) {
      command.add(Long.toString(first));
    }
    Process process =
        new ProcessBuilder(command)
            .redirectError(directory.resolveSibling("killed-writer.err").toFile())
            .start();
    int acknowledged = 0;
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        int space = line.indexOf(' ');
        // A line that the kill cut was still an acknowledgement only when it is whole; the batch
        // before it in the same thread then tells.
        if (space < 0 || !line.matches("\\d \\d+")) {
          continue;
        }
        int thread = Integer.parseInt(line.substring(0, space));
        long batch = Long.parseLong(line.substring(space + 1));
        if (batch != next[thread]) {
          continue;
        }
        SampleBatch sent =
            ledger.batch(KilledWriter.time(thread, batch), KilledWriter.random(thread, batch));
        ledger.acknowledge(sent);
        next[thread] = batch + 1;
        if (++acknowledged == batches) {
          // Through the handle, which leaves the pipe open: what was acknowledged before is read.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
