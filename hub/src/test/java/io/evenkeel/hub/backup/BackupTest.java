package io.evenkeel.hub.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.hub.db.Database;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.StoreSettings;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Restore drills: what was acknowledged before a backup began is there after it was brought back.
class BackupTest {
  private static final Labels SERIES = Labels.of("__name__", "drill");

  @TempDir Path directory;
  private final InstantSource clock = InstantSource.system();
  private final long begin = clock.millis() - Duration.ofHours(20).toMillis();
  private Path data = Path.of("");

  @BeforeEach
  void settings() throws Exception {
    data = Files.createDirectories(directory.resolve("data"));
    Database.open(data.resolve("settings.db")).close();
    Files.createDirectories(data.resolve("processes"));
    Files.writeString(data.resolve("processes").resolve("day"), "kept");
    Files.writeString(data.resolve("lock"), "1");
  }

  @Test
  void holds_everything_acknowledged_before_it_though_the_store_goes_on() throws Exception {
    AtomicLong acknowledged = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    try (LocalStore store = open(data)) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                while (!stop.get()) {
                  append(store, acknowledged.get());
                  acknowledged.incrementAndGet();
                }
              });
      try {
        for (int drill = 0; drill < 3; drill++) {
          long next = acknowledged.get() + 400;
          Awaitility.await()
              .atMost(Duration.ofMinutes(2))
              .until(() -> acknowledged.get() >= next || !writer.isAlive());
          long before = acknowledged.get();
          Path backup = directory.resolve("backup" + drill);
          Backup.Summary made = Backup.make(data, backup);
          long after = acknowledged.get() + 1;
          assertThat(made.files()).isGreaterThan(3);
          Path restored = directory.resolve("restored" + drill);
          Backup.restore(backup, restored, clock);
          assertThat(Files.readString(restored.resolve("processes").resolve("day")))
              .isEqualTo("kept");
          assertThat(restored.resolve("lock")).doesNotExist();
          assertThat(samples(restored)).isBetween(before, after);
        }
      } finally {
        stop.set(true);
        writer.join();
      }
    }
  }

  @Test
  void is_readable_by_its_owner_only_and_links_what_does_not_change() throws Exception {
    try (LocalStore store = open(data)) {
      for (long i = 0; i < 3_000; i++) {
        append(store, i);
      }
    }
    Path backup = directory.resolve("backup");
    Backup.make(data, backup);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rwx------");
    try (var states = Files.list(backup.resolve("tsdb").resolve("log"))) {
      Path state = states.filter(f -> f.toString().endsWith(".state")).findFirst().orElseThrow();
      assertThat((Integer) Files.getAttribute(state, "unix:nlink")).isEqualTo(2);
    }
  }

  @Test
  void refuses_a_damaged_backup_and_tells_the_file() throws Exception {
    open(data).close();
    Path backup = directory.resolve("backup");
    Backup.make(data, backup);
    Files.writeString(backup.resolve("processes").resolve("day"), "altered");
    assertThatThrownBy(() -> Backup.restore(backup, directory.resolve("new"), clock))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("processes/day is damaged");
    assertThat(directory.resolve("new")).doesNotExist();
    Files.delete(backup.resolve(Manifest.FILE));
    assertThatThrownBy(() -> Backup.restore(backup, directory.resolve("new"), clock))
        .hasMessageContaining("is no backup");
  }

  @Test
  void overwrites_nothing() throws Exception {
    open(data).close();
    assertThatThrownBy(() -> Backup.make(data, directory)).hasMessageContaining("exists already");
    Path backup = directory.resolve("backup");
    Backup.make(data, backup);
    assertThatThrownBy(() -> Backup.restore(backup, data, clock))
        .hasMessageContaining("is not empty");
  }

  private LocalStore open(Path folder) {
    return LocalStore.open(
        folder.resolve("tsdb"),
        StoreSettings.DEFAULT
            .withoutLowWaterMark()
            .maintaining(
                Duration.ofMillis(50),
                Duration.ofMillis(300),
                StoreSettings.DEFAULT.checkpointBytes()),
        clock);
  }

  private void append(LocalStore store, long number) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(SERIES), begin + number, (double) number);
    store.append(batch);
  }

  /// How many samples a restored store has, all of which must be right.
  private long samples(Path restored) {
    try (LocalStore store = open(restored);
        StoreReader reader = store.reader(0, Long.MAX_VALUE)) {
      SampleColumns columns = new SampleColumns(1024);
      for (Series series : reader.select(List.of())) {
        SampleCursor cursor = series.samples(0, Long.MAX_VALUE);
        while (cursor.read(columns, 1024) > 0) {
          assertThat(columns.size()).isPositive();
        }
      }
      for (int i = 0; i < columns.size(); i++) {
        assertThat(columns.times()[i]).isEqualTo(begin + i);
        assertThat(Double.longBitsToDouble(columns.valueBits()[i])).isEqualTo(i);
      }
      return columns.size();
    }
  }
}
