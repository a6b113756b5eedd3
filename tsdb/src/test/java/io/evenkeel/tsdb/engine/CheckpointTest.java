package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When a checkpoint is due: a restart reads little back, and many series do not mean many
/// checkpoints.
class CheckpointTest {
  private static final int FEW = 4;
  private static final int MANY = 3_000;
  private static final long LOG_BYTES = 8 << 10;

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong(1_763_856_000_000L);
  private final Random random = new Random(3);

  @Test
  void comes_with_so_much_log_and_leaves_nothing_to_read_back() throws Exception {
    Ledger ledger = new Ledger(FEW);
    try (LocalStore store = open()) {
      long first = newestCheckpoint();
      while (logBytes() < LOG_BYTES) {
        store.maintain();
        assertThat(newestCheckpoint()).isEqualTo(first);
        append(store, ledger);
      }
      store.maintain();
      assertThat(newestCheckpoint()).isGreaterThan(first);
      assertThat(logBytes()).isLessThan(LOG_BYTES);
    }
    try (LocalStore store = open()) {
      assertThat(ledger.wrongIn(store)).isEmpty();
    }
  }

  @Test
  void waits_with_many_series_for_twice_as_much_log_as_it_took_itself() throws Exception {
    Ledger ledger = new Ledger(MANY);
    try (LocalStore store = open()) {
      // The first was taken of an empty store.
      long first = newestCheckpoint();
      while (newestCheckpoint() == first) {
        append(store, ledger);
        store.maintain();
      }
      long second = newestCheckpoint();
      long bytes = checkpointBytes(second);
      assertThat(bytes).isGreaterThan(LOG_BYTES);
      while (logBytes() < 2 * bytes) {
        store.maintain();
        assertThat(newestCheckpoint()).isEqualTo(second);
        append(store, ledger);
      }
      store.maintain();
      assertThat(newestCheckpoint()).isGreaterThan(second);
      assertThat(ledger.wrongIn(store)).isEmpty();
    }
  }

  private void append(LocalStore store, Ledger ledger) {
    var batch = ledger.batch(now.addAndGet(1_000), random);
    store.append(batch);
    ledger.acknowledge(batch);
  }

  private long newestCheckpoint() throws IOException {
    return numbers(".state").getLast();
  }

  private long checkpointBytes(long number) throws IOException {
    return Files.size(directory.resolve("log").resolve("%08d.state".formatted(number)));
  }

  private long logBytes() throws IOException {
    long newest = numbers(".log").getLast();
    return Files.size(directory.resolve("log").resolve("%08d.log".formatted(newest)));
  }

  private List<Long> numbers(String ending) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("log"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ending))
          .map(name -> Long.parseLong(name.substring(0, 8)))
          .sorted()
          .toList();
    }
  }

  private LocalStore open() {
    StoreSettings usual = StoreSettings.DEFAULT;
    StoreSettings settings =
        new StoreSettings(
            usual.limits(),
            usual.retention(),
            usual.minuteRetention(),
            usual.hourRetention(),
            usual.rollUpAhead(),
            usual.retentionBytes(),
            usual.window(),
            0,
            Duration.ofDays(1),
            LOG_BYTES,
            Duration.ZERO);
    return LocalStore.open(directory, settings, () -> Instant.ofEpochMilli(now.get()));
  }
}
