package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static final long WRITTEN_AT_ONCE = 256 << 10;

  /// Late samples lie in windows that have passed, whose sealing takes a checkpoint of its own.
  private static final Random NEVER_LATE =
      new Random() {
        @Override
        public int nextInt(int bound) {
          return bound - 1;
        }
      };

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

  /// The samples that come in between end every open chunk, which so leaves its series for a file
  /// that the checkpoint does not know.
  @Test
  void says_one_moment_although_samples_come_in_while_it_is_written() throws Exception {
    Ledger ledger = new Ledger(3 * MANY);
    FaultyDisk disk = new FaultyDisk(directory.resolve("bin"));
    LocalStore store = open(disk);
    for (int i = 0; i < 60; i++) {
      append(store, ledger, Duration.ofSeconds(1), NEVER_LATE);
    }
    long before = store.statistics().samplesAppended();
    Semaphore begin = new Semaphore(0);
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              begin.acquireUninterruptibly();
              append(store, ledger, Duration.ofHours(3), NEVER_LATE);
            });
    AtomicBoolean begun = new AtomicBoolean();
    disk.whenWriting(file -> {
      if (file.toString().endsWith(".state.unfinished") && !begun.getAndSet(true)) {
        // The first part is written, and nothing keeps samples out.
        begin.release();
        await().until(() -> store.statistics().samplesAppended() > before);
      }
    });
    store.maintain();
    writer.join();
    assertThat(begun).isTrue();
    assertThat(checkpointBytes(newestCheckpoint())).as("bytes").isGreaterThan(2 * WRITTEN_AT_ONCE);
    disk.failAt(1, Long.MAX_VALUE);
    store.close();
    disk.losePower();
    disk.heal();
    try (LocalStore again = open(disk)) {
      assertThat(again.problems()).isEmpty();
      assertThat(ledger.wrongIn(again)).isEmpty();
    }
  }

  /// Whatever the disk is asked for, by the thread that takes the checkpoint or by that of the log:
  /// samples reach the head before it answers.
  @Test
  void keeps_no_sample_out_while_the_disk_is_waited_for() throws Exception {
    Ledger ledger = new Ledger(MANY);
    Ledger meanwhile = new Ledger(FEW);
    FaultyDisk disk = new FaultyDisk(directory.resolve("bin"));
    List<Thread> writers = new ArrayList<>();
    Set<String> asked = ConcurrentHashMap.newKeySet();
    try (LocalStore store = open(disk)) {
      while (logBytes() < LOG_BYTES || store.statistics().headChunks() == 0) {
        append(store, ledger);
      }
      Thread upkeep = Thread.currentThread();
      disk.whenWriting(file -> {
        if (Thread.currentThread() != upkeep) {
          return;
        }
        asked.add(file.getFileName().toString().replaceAll("[0-9]+", "N"));
        long before = store.statistics().samplesAppended();
        var batch = meanwhile.batch(now.addAndGet(1_000), NEVER_LATE);
        writers.add(Thread.ofPlatform().start(() -> store.append(batch)));
        await().until(() -> store.statistics().samplesAppended() > before);
      });
      store.maintain();
      disk.whenWriting(_ -> {});
      for (Thread writer : writers) {
        writer.join();
      }
    }
    assertThat(asked).contains("log", "chunks", "N.chunks", "N.state.unfinished");
  }

  /// The log is slow, so that it has not reached its next file when a chunk file fails.
  @Test
  void one_that_fails_on_the_way_keeps_the_next_from_nothing() throws Exception {
    // So many that a part of them is written before the chunk files are.
    Ledger ledger = new Ledger(3 * MANY);
    FaultyDisk disk = new FaultyDisk(directory.resolve("bin"));
    LocalStore store = open(disk);
    append(store, ledger);
    // It seals, which it need not do again.
    store.maintain();
    long chunks = store.statistics().headChunks();
    while (store.statistics().headChunks() == chunks) {
      append(store, ledger);
    }
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    AtomicBoolean turned = new AtomicBoolean();
    AtomicBoolean failed = new AtomicBoolean();
    Thread upkeep = Thread.currentThread();
    disk.whenWriting(file -> {
      String name = file.getFileName().toString();
      if (name.endsWith(".log") && Thread.currentThread() != upkeep) {
        asked.countDown();
        await().until(() -> slow.getCount() == 0);
      } else if (Thread.currentThread() == upkeep && name.endsWith(".state.unfinished")) {
        turned.set(true);
      } else if (turned.get() && name.endsWith(".chunks") && !failed.getAndSet(true)) {
        disk.failAt(1, 1);
      }
    });
    Thread writer = Thread.ofPlatform().start(() -> append(store, ledger));
    asked.await();
    assertThatThrownBy(store::maintain).isInstanceOf(IOException.class);
    assertThat(failed).isTrue();
    Thread closing = Thread.ofPlatform().start(store::close);
    await().until(() -> closing.getState() == Thread.State.WAITING);
    disk.whenWriting(_ -> {});
    slow.countDown();
    writer.join();
    closing.join();
    try (LocalStore again = open(disk)) {
      assertThat(again.problems()).isEmpty();
      assertThat(ledger.wrongIn(again)).isEmpty();
    }
  }

  private void append(LocalStore store, Ledger ledger) {
    append(store, ledger, Duration.ofSeconds(1), random);
  }

  private void append(LocalStore store, Ledger ledger, Duration step, Random lateness) {
    var batch = ledger.batch(now.addAndGet(step.toMillis()), lateness);
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
    return open(new LocalDisk());
  }

  private LocalStore open(Disk disk) {
    StoreSettings settings =
        StoreSettings.DEFAULT
            .withoutLowWaterMark()
            .maintaining(Duration.ZERO, Duration.ofDays(1), LOG_BYTES);
    return LocalStore.open(directory, settings, () -> Instant.ofEpochMilli(now.get()), disk);
  }
}
