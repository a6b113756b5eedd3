package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.memory.MemoryStore;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The engine does, answer for answer, what the store in memory does: through days of appends in
/// and out of order, duplicates, deletions, sealing, compaction and restarts.
class LocalStoreDifferentialTest {
  private static final long T0 = 1_763_856_000_000L;

  @TempDir Path directory;

  @Test
  void answers_like_the_store_in_memory() {
    for (long seed = 1; seed <= 6; seed++) {
      run(seed, 400);
    }
  }

  @Test
  @Tag("long")
  void answers_like_the_store_in_memory_for_long() {
    for (long seed = 100; seed < 200; seed++) {
      run(seed, 2_000);
    }
  }

  private void run(long seed, int steps) {
    AtomicLong now = new AtomicLong(T0);
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    StoreSettings settings = StoreSettings.DEFAULT.withoutMaintenance();
    RandomLoad load = new RandomLoad(seed, 40);
    Random random = load.random();
    Path path = directory.resolve("seed" + seed);
    // Nothing is forced to the real disk, which only costs time here.
    FaultyDisk disk = new FaultyDisk(directory.resolve("bin" + seed));
    LocalStore store = LocalStore.open(path, settings, clock, disk);
    try (MemoryStore oracle = new MemoryStore(WriteLimits.DEFAULT, clock)) {
      for (int step = 0; step < steps; step++) {
        now.addAndGet(random.nextInt(50) == 0 ? Duration.ofHours(1).toMillis() : 15_000);
        SampleBatch batch = load.batch(now.get(), Duration.ofHours(27).toMillis());
        String where = "seed " + seed + ", step " + step;
        assertThat(store.append(batch)).as(where).isEqualTo(oracle.append(batch));
        switch (random.nextInt(40)) {
          case 0 -> {
            long from = now.get() - (long) (random.nextDouble() * 40 * 3_600_000);
            List<Matcher> some = List.of(Matcher.equal("instance", "host-" + random.nextInt(5)));
            store.delete(some, from, from + 1_800_000);
            oracle.delete(some, from, from + 1_800_000);
          }
          case 1, 2 -> {
            store.close();
            store = LocalStore.open(path, settings, clock, disk);
            assertThat(store.problems()).as(where).isEmpty();
          }
          case 3, 4, 5 -> maintain(store, where);
          case 6, 7 -> {
            long from = now.get() - (long) (random.nextDouble() * 60 * 3_600_000);
            long to = from + random.nextInt(7_200_000);
            assertThat(StoreOracle.difference(store, oracle, from, to)).as(where).isEmpty();
          }
          case 8, 9 -> {
            long from = now.get() - (long) (random.nextDouble() * 60 * 3_600_000);
            compareLabels(store, oracle, from, from + random.nextInt(7_200_000), where);
          }
          default -> {}
        }
      }
      assertThat(StoreOracle.difference(store, oracle, 0, Long.MAX_VALUE))
          .as("seed " + seed)
          .isEmpty();
      assertThat(store.metadata("", 0)).isEqualTo(oracle.metadata("", 0));
      assertThat(store.exemplars(List.of(List.of()), 0, Long.MAX_VALUE))
          .isEqualTo(oracle.exemplars(List.of(List.of()), 0, Long.MAX_VALUE));
    } finally {
      store.close();
    }
  }

  /// The engine may list labels of series that have no sample in the interval, but must not miss
  /// any.
  private static void compareLabels(
      LocalStore store, MemoryStore oracle, long from, long to, String where) {
    List<Matcher> some = List.of(new Matcher("n", Matcher.Operator.MATCHES_NOT, "1.|2"));
    try (StoreReader actual = store.reader(from, to);
        StoreReader expected = oracle.reader(from, to)) {
      assertThat(actual.labelNames(some, 0)).as(where).containsAll(expected.labelNames(some, 0));
      assertThat(actual.labelValues("n", some, 0))
          .as(where)
          .containsAll(expected.labelValues("n", some, 0))
          .doesNotContain("2", "11");
      assertThat(actual.labelValues("extra", List.of(), 0))
          .as(where)
          .containsAll(expected.labelValues("extra", List.of(), 0));
    }
  }

  private static void maintain(LocalStore store, String where) {
    try {
      store.maintain();
    } catch (IOException e) {
      throw new AssertionError(where, e);
    }
  }
}
