package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.storage.StoreReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sealing, compaction and retention over days.
class RetentionTest {
  private static final long T0 = 1_763_856_000_000L;
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final Labels CPU = Labels.of("__name__", "cpu");

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong(T0);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());

  @Test
  void compacts_each_day_into_one_block_and_loses_nothing() throws Exception {
    try (LocalStore store = open(Duration.ofDays(15), 1L << 40)) {
      liveUntil(store, T0 + 3 * DAY);
      // Two whole days, and what passed of the last.
      assertThat(store.statistics().blocks()).isLessThan(2 + 1 + 13);
      assertThat(lines(store)).isEqualTo(1 + 3 * DAY / 60_000);
    }
    try (Stream<Path> left = Files.list(directory.resolve("data").resolve("blocks"))) {
      assertThat(left.filter(p -> p.toString().endsWith(".unfinished"))).isEmpty();
    }
  }

  @Test
  void lets_go_of_whole_blocks_that_are_too_old() throws Exception {
    try (LocalStore store = open(Duration.ofDays(2), 1L << 40)) {
      liveUntil(store, T0 + 6 * DAY);
      try (StoreReader reader = store.reader(T0, now.get())) {
        // What rollups are left of is told by their resolution.
        assertThat(reader.resolutionMillis(now.get() - 4 * DAY)).isEqualTo(60_000);
        assertThat(reader.resolutionMillis(now.get() - 2 * DAY)).isZero();
      }
      assertThat(lines(store)).isLessThanOrEqualTo(1 + 6 * DAY / 60_000);
    }
  }

  @Test
  void lets_go_of_the_oldest_blocks_when_they_take_too_much() throws Exception {
    try (LocalStore store = open(Duration.ofDays(100), 8_000)) {
      liveUntil(store, T0 + 6 * DAY);
      assertThat(lines(store)).isLessThan(5 * DAY / 60_000);
      assertThat(StoreOracle.dump(store, now.get() - 3_600_000, now.get())).isNotEmpty();
    }
  }

  @Test
  void keeps_everything_when_the_clock_jumps_years_ahead() throws Exception {
    try (LocalStore store = open(Duration.ofDays(2), 1L << 40)) {
      liveUntil(store, T0 + DAY);
      long before = lines(store);
      now.addAndGet(Duration.ofDays(3_650).toMillis());
      store.maintain();
      assertThat(lines(store)).isEqualTo(before);
      now.set(T0 + DAY);
      store.maintain();
      liveUntil(store, T0 + DAY + 3_600_000);
      assertThat(lines(store)).isEqualTo(before + 60);
    }
  }

  /// Samples of the wrong time are stored, so that after a restart the data is no witness.
  @Test
  void keeps_everything_when_it_is_restarted_while_the_clock_is_years_ahead() throws Exception {
    long before;
    try (LocalStore store = open(Duration.ofDays(2), 1L << 40)) {
      liveUntil(store, T0 + DAY);
      before = lines(store);
      now.addAndGet(Duration.ofDays(3_650).toMillis());
      liveUntil(store, now.get() + 3_600_000);
    }
    for (int start = 0; start < 3; start++) {
      try (LocalStore store = open(Duration.ofDays(2), 1L << 40)) {
        now.addAndGet(Duration.ofHours(3).toMillis());
        store.maintain();
        assertThat(lines(store)).isEqualTo(before + 60);
      }
    }
    now.set(T0 + DAY);
    try (LocalStore store = open(Duration.ofDays(2), 1L << 40)) {
      liveUntil(store, T0 + DAY + 3_600_000);
      assertThat(lines(store)).isEqualTo(before + 120);
    }
  }

  @Test
  void follows_a_clock_that_stays_ahead_for_a_day() {
    RetentionClock retention = new RetentionClock(T0);
    long ahead = T0 + 100 * DAY;
    assertThat(retention.millis(ahead, 0)).isEqualTo(T0);
    assertThat(retention.millis(ahead, Duration.ofHours(23).toNanos())).isEqualTo(T0);
    assertThat(retention.millis(ahead, Duration.ofHours(24).toNanos())).isEqualTo(ahead);
    assertThat(retention.millis(T0, Duration.ofHours(25).toNanos())).isEqualTo(ahead);
  }

  private LocalStore open(Duration keep, long bytes) {
    return LocalStore.open(
        directory.resolve("data"),
        StoreSettings.DEFAULT.keeping(keep, bytes).withoutMaintenance(),
        clock,
        new FaultyDisk(directory.resolve("bin")));
  }

  /// A sample a minute, and upkeep every half hour.
  private void liveUntil(LocalStore store, long end) throws Exception {
    while (now.get() < end) {
      now.addAndGet(60_000);
      assertThat(StoreOracle.append(store, CPU, now.get(), now.get() % 977).samples()).isEqualTo(1);
      if (now.get() % 1_800_000 == 0) {
        store.maintain();
      }
    }
  }

  private static long lines(LocalStore store) {
    return StoreOracle.dump(store, 0, Long.MAX_VALUE).lines().count();
  }
}
