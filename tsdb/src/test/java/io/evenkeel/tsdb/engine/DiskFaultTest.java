package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import io.evenkeel.tsdb.storage.ReadOnlyStoreException;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// Whatever call to the disk fails, and wherever the power goes: no acknowledged sample is lost,
/// none is invented, changed or doubled.
class DiskFaultTest {
  private static final long T0 = 1_763_856_000_000L;
  private static final StoreSettings SETTINGS = StoreSettings.DEFAULT.withoutMaintenance();

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong(T0);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());

  @Test
  void survives_one_failing_call_wherever_it_is() throws Exception {
    assertThat(failEveryCall(1, 8, 1, false)).isGreaterThan(100);
  }

  @Test
  void survives_the_loss_of_power_wherever_it_comes() throws Exception {
    assertThat(failEveryCall(2, 8, Long.MAX_VALUE, true)).isGreaterThan(100);
  }

  @RepeatedTest(10)
  @Tag("long")
  void survives_failing_calls_and_the_loss_of_power_for_long(
      RepetitionInfo repetition, TestReporter reporter) throws Exception {
    long seed = 9L + repetition.getCurrentRepetition();
    int runs = failEveryCall(seed, 40, 1, false);
    runs += failEveryCall(seed, 40, 1, true);
    runs += failEveryCall(seed, 40, 7, false);
    runs += failEveryCall(seed, 40, Long.MAX_VALUE, true);
    reporter.publishEntry("runs", Integer.toString(runs));
  }

  /// Runs the same load again and again, failing at the first call, then at the second, until the
  /// load needs no more calls; answers how many runs there were.
  private int failEveryCall(long seed, int steps, long howMany, boolean losePower)
      throws IOException {
    for (int n = 1; ; n++) {
      String where = "seed " + seed + ", call " + n + (losePower ? ", power lost" : "");
      Path path = directory.resolve("s" + seed + "n" + n + "h" + howMany + losePower);
      FaultyDisk disk = new FaultyDisk(path.resolve("bin"));
      Ledger ledger = new Ledger(4);
      disk.failAt(n, howMany);
      boolean reached = run(disk, path.resolve("data"), ledger, new Random(seed), steps, n);
      if (losePower) {
        disk.losePower();
      }
      disk.heal();
      try (LocalStore again = LocalStore.open(path.resolve("data"), SETTINGS, clock, disk)) {
        assertThat(ledger.wrongIn(again)).as(where).isEmpty();
        assertThat(again.problems()).as(where).isEmpty();
        // It goes on working.
        now.addAndGet(15_000);
        SampleBatch batch = ledger.batch(now.get(), new Random(seed));
        again.append(batch);
        ledger.acknowledge(batch);
        again.maintain();
        assertThat(ledger.wrongIn(again)).as(where + ", after more").isEmpty();
      }
      new LocalDisk().delete(path);
      if (!reached) {
        return n;
      }
    }
  }

  /// Appends, seals, and deletes nothing; answers whether the failing call was reached.
  private boolean run(FaultyDisk disk, Path path, Ledger ledger, Random random, int steps, int n)
      throws IOException {
    now.set(T0);
    LocalStore store;
    try {
      store = LocalStore.open(path, SETTINGS, clock, disk);
    } catch (StorageException e) {
      return true;
    }
    for (int step = 0; step < steps; step++) {
      now.addAndGet(step % 4 == 3 ? Duration.ofHours(2).toMillis() : 15_000);
      SampleBatch batch = ledger.batch(now.get(), random);
      try {
        store.append(batch);
        ledger.acknowledge(batch);
      } catch (StorageException e) {
        assertThat(e).hasMessageContaining("injected");
      }
      if (step % 3 == 2) {
        try {
          store.maintain();
        } catch (IOException | StorageException e) {
          assertThat(e.toString()).contains("injected");
        }
      }
    }
    long calls = disk.calls();
    try {
      store.close();
    } catch (StorageException e) {
      assertThat(e).hasMessageContaining("injected");
    }
    return calls >= n || disk.calls() >= n;
  }

  @Test
  void takes_no_samples_while_the_disk_is_nearly_full_and_goes_on_by_itself() throws Exception {
    FaultyDisk disk = new FaultyDisk(directory.resolve("bin"));
    Ledger ledger = new Ledger(3);
    try (LocalStore store = LocalStore.open(directory.resolve("data"), SETTINGS, clock, disk)) {
      for (int cycle = 0; cycle < 20; cycle++) {
        now.addAndGet(1_000);
        SampleBatch batch = ledger.batch(now.get(), new Random(cycle));
        store.append(batch);
        ledger.acknowledge(batch);
        disk.usable(SETTINGS.lowWaterBytes() - 1);
        store.maintain();
        assertThat(store.statistics().readOnly()).isTrue();
        SampleBatch refused = new Ledger(1).batch(now.get() + 1, new Random(0));
        assertThatThrownBy(() -> store.append(refused))
            .isInstanceOf(ReadOnlyStoreException.class)
            .hasMessageContaining("free some space");
        assertThat(ledger.wrongIn(store)).isEmpty();
        disk.usable(2 * SETTINGS.lowWaterBytes());
        store.maintain();
        assertThat(store.statistics().readOnly()).isFalse();
      }
    }
  }

  @Test
  void keeps_samples_whose_force_failed_once_it_is_promised_again() throws Exception {
    FaultyDisk disk = new FaultyDisk(directory.resolve("bin"));
    Ledger ledger = new Ledger(3);
    try (LocalStore store = LocalStore.open(directory.resolve("data"), SETTINGS, clock, disk)) {
      now.addAndGet(1_000);
      SampleBatch batch = ledger.batch(now.get(), new Random(1));
      disk.failAt(2, 1);
      assertThatThrownBy(() -> store.append(batch))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("send it again");
      disk.heal();
      store.append(batch);
      ledger.acknowledge(batch);
      disk.failAt(1, Long.MAX_VALUE);
    }
    disk.losePower();
    disk.heal();
    try (LocalStore again = LocalStore.open(directory.resolve("data"), SETTINGS, clock, disk)) {
      assertThat(ledger.wrongIn(again)).isEmpty();
    }
  }
}
