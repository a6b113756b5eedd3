package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.memory.MemoryStore;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rollups come to what the samples do, and stand in for them once those are gone.
class RollupsTest {
  private static final long T0 = 1_763_856_000_000L - 1_763_856_000_000L % 86_400_000;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final Labels CPU = Labels.of("__name__", "cpu");
  private static final Labels LOAD = Labels.of("__name__", "load");

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong(T0);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private final Random random = new Random(5);
  private final MemoryStore oracle = new MemoryStore(WriteLimits.ANY_TIME, clock);
  private long counter;

  @Test
  void come_to_what_the_samples_do() throws Exception {
    try (LocalStore store = open(Duration.ofDays(30), Duration.ofDays(30))) {
      live(store, 3 * DAY + 3 * HOUR);
      assertThat(rolledDays(store)).isEqualTo(2);
      compare(store, T0, now.get());
      // Late samples of a day that was rolled up already are in the answer at once.
      late(store, now.get() - 20 * HOUR);
      compare(store, T0, now.get());
      live(store, DAY + 3 * HOUR);
      compare(store, T0, now.get());
    }
  }

  @Test
  void take_no_room_while_their_samples_stay() throws Exception {
    try (LocalStore store = open(Duration.ofDays(4), Duration.ofDays(1))) {
      live(store, 4 * DAY);
      assertThat(rolledDays(store)).isZero();
      compare(store, T0, now.get());
      live(store, 2 * HOUR);
      assertThat(rolledDays(store)).isEqualTo(1);
      compare(store, T0, now.get());
    }
  }

  @Test
  void are_made_before_samples_leave_for_their_number() throws Exception {
    try (LocalStore store =
        LocalStore.open(
            directory.resolve("data"),
            StoreSettings.DEFAULT.keeping(Duration.ofDays(100), 90_000).withoutMaintenance(),
            clock,
            new FaultyDisk(directory.resolve("bin")))) {
      live(store, 6 * DAY);
      assertThat(rolledDays(store)).isPositive();
      try (StoreReader reader = store.reader(T0, now.get())) {
        assertThat(reader.resolutionMillis(now.get())).isZero();
        assertThat(reader.resolutionMillis(T0 + 2 * HOUR)).isPositive();
      }
    }
  }

  @Test
  void stand_in_for_samples_that_are_gone() throws Exception {
    try (LocalStore store = open(Duration.ofDays(2))) {
      live(store, 6 * DAY);
      assertThat(rolledDays(store)).isGreaterThanOrEqualTo(4);
      long at = T0 + 10 * HOUR;
      try (StoreReader reader = store.reader(T0, T0 + DAY)) {
        assertThat(reader.resolutionMillis(at)).isEqualTo(60_000);
        assertThat(reader.resolutionMillis(now.get())).isZero();
        assertThat(reader.labelValues("__name__", List.of(), 0)).containsExactly("cpu", "load");
        for (Series series : reader.select(List.of())) {
          SampleColumns left = read(series, at, at + HOUR);
          SampleColumns all = read(oracle, series.labels(), at, at + HOUR);
          // The last sample of each minute, as it was.
          assertThat(left.size()).isBetween(50, 62);
          for (int i = 0; i < left.size(); i++) {
            int same = Arrays.binarySearch(all.times(), 0, all.size(), left.times()[i]);
            assertThat(same).isNotNegative();
            assertThat(left.valueBits()[i]).isEqualTo(all.valueBits()[same]);
          }
        }
      }
      compare(store, T0 + HOUR, T0 + DAY);
    }
  }

  @Test
  void are_there_again_after_a_restart_and_follow_deletions() throws Exception {
    try (LocalStore store = open(Duration.ofDays(2))) {
      live(store, 5 * DAY);
      delete(store, T0 + 5 * HOUR, T0 + 6 * HOUR);
      delete(store, now.get() - 30 * HOUR, now.get() - 29 * HOUR);
    }
    try (LocalStore store = open(Duration.ofDays(2))) {
      assertThat(store.problems()).isEmpty();
      assertThat(rolledDays(store)).isGreaterThanOrEqualTo(3);
      compare(store, T0 + 7 * HOUR, T0 + DAY);
      compare(store, now.get() - 40 * HOUR, now.get());
      assertThat(rollups(store, CPU, Resolution.ONE_MINUTE, T0 + 5 * HOUR, T0 + 6 * HOUR).size())
          .isZero();
      live(store, 4 * HOUR);
      assertThat(rollups(store, CPU, Resolution.ONE_MINUTE, T0 + 5 * HOUR, T0 + 6 * HOUR).size())
          .isZero();
      assertThat(rollups(store, LOAD, Resolution.ONE_MINUTE, T0 + 5 * HOUR, T0 + 6 * HOUR).size())
          .isPositive();
    }
  }

  private void delete(TimeSeriesStore store, long from, long to) {
    List<Matcher> cpu = List.of(Matcher.equal("__name__", "cpu"));
    store.delete(cpu, from, to);
    oracle.delete(cpu, from, to);
  }

  private LocalStore open(Duration keep) {
    return open(keep, StoreSettings.DEFAULT.rollUpAhead());
  }

  private LocalStore open(Duration keep, Duration ahead) {
    return LocalStore.open(
        directory.resolve("data"),
        StoreSettings.DEFAULT.keeping(keep, 1L << 40).rollingUp(ahead).withoutMaintenance(),
        clock,
        new FaultyDisk(directory.resolve("bin")));
  }

  private static int rolledDays(LocalStore store) {
    return store.rolledDays();
  }

  /// Two series, a sample each 40 s, with upkeep each hour.
  private void live(LocalStore store, long millis) throws Exception {
    long end = now.get() + millis;
    while (now.get() < end) {
      now.addAndGet(40_000);
      counter = random.nextInt(500) == 0 ? 0 : counter + random.nextInt(50);
      SampleBatch batch = new SampleBatch();
      batch.addSample(batch.addSeries(CPU), now.get(), counter / 100.0);
      int load = batch.addSeries(LOAD);
      if (random.nextInt(200) == 0) {
        batch.addSample(load, now.get(), StaleMarker.BITS);
      } else {
        batch.addSample(load, now.get(), random.nextGaussian());
      }
      append(store, batch);
      if (now.get() % HOUR == 0) {
        store.maintain();
      }
    }
  }

  private void late(LocalStore store, long time) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(CPU), time + 7, 12_345.0);
    append(store, batch);
  }

  private void append(LocalStore store, SampleBatch batch) {
    assertThat(store.append(batch).rejected()).isEmpty();
    oracle.append(batch);
  }

  private void compare(TimeSeriesStore store, long from, long to) {
    for (Resolution resolution : Resolution.values()) {
      for (Labels labels : List.of(CPU, LOAD)) {
        assertThat(lines(rollups(store, labels, resolution, from, to)))
            .as(resolution + " of " + labels)
            .isEqualTo(lines(rollups(oracle, labels, resolution, from, to)));
      }
    }
  }

  private static List<String> lines(RollupColumns rollups) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < rollups.size(); i++) {
      StringBuilder line = new StringBuilder();
      for (RollupColumns.Column column : RollupColumns.Column.values()) {
        line.append(column).append('=').append(rollups.column(column)[i]).append(' ');
      }
      lines.add(line.toString());
    }
    return lines;
  }

  private static RollupColumns rollups(
      TimeSeriesStore store, Labels labels, Resolution resolution, long from, long to) {
    RollupColumns into = new RollupColumns();
    try (StoreReader reader = store.reader(from - HOUR, to)) {
      for (Series series : reader.select(List.of())) {
        if (series.labels().equals(labels)) {
          series.rollups(resolution, from, to, into);
        }
      }
    }
    return into;
  }

  private static SampleColumns read(TimeSeriesStore store, Labels labels, long from, long to) {
    try (StoreReader reader = store.reader(from, to)) {
      for (Series series : reader.select(List.of())) {
        if (series.labels().equals(labels)) {
          return read(series, from, to);
        }
      }
    }
    return new SampleColumns(1);
  }

  private static SampleColumns read(Series series, long from, long to) {
    SampleColumns columns = new SampleColumns(1024);
    var cursor = series.samples(from, to);
    while (cursor.read(columns, 1024) > 0) {
      assertThat(columns.size()).isPositive();
    }
    return columns;
  }
}
