package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file system of its own that really runs full, below a store without a low-water mark that
/// would keep it from that.
@Tag("long")
class FullDiskTest {
  private static final long T0 = 1_763_856_000_000L;
  private static final int CYCLES = 200;

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong(T0);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private boolean mounted;

  @Test
  void loses_nothing_when_its_file_system_is_filled_and_freed_again_and_again() throws Exception {
    mounted =
        run("mount", "-t", "tmpfs", "-o", "size=12m", "evenkeel-test", directory.toString()) == 0;
    assumeThat(mounted).as("mounting a file system, which needs root").isTrue();
    Ledger ledger = new Ledger(20);
    Random random = new Random(200);
    int refused = 0;
    LocalStore store = open();
    try {
      for (int cycle = 0; cycle < CYCLES; cycle++) {
        String where = "cycle " + cycle;
        append(store, ledger, random);
        Path filler = directory.resolve("filler");
        fill(filler);
        for (int i = 0; i < 40; i++) {
          refused += append(store, ledger, random) ? 0 : 1;
        }
        maintain(store);
        assertThat(ledger.wrongIn(store)).as(where + ", full").isEmpty();
        if (cycle % 10 == 9) {
          // As a kill does: the next one opens what is there, while nothing more can be written.
          store.close();
          assertThat(Files.exists(filler)).isTrue();
          Files.delete(filler);
          store = open();
          assertThat(store.problems()).as(where).isEmpty();
        } else {
          Files.delete(filler);
        }
        assertThat(append(store, ledger, random)).as(where + ", freed").isTrue();
        store.maintain();
        assertThat(ledger.wrongIn(store)).as(where + ", freed").isEmpty();
      }
    } finally {
      store.close();
    }
    assertThat(refused).isGreaterThan(CYCLES);
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", "--lazy", directory.toString())).isZero();
    }
  }

  /// Answers whether the store took a batch, which is acknowledged then.
  private boolean append(LocalStore store, Ledger ledger, Random random) {
    now.addAndGet(random.nextInt(40) == 0 ? Duration.ofMinutes(20).toMillis() : 15_000);
    SampleBatch batch = ledger.batch(now.get(), random);
    try {
      store.append(batch);
    } catch (StorageException e) {
      assertThat(e.getMessage()).containsAnyOf("No space left", "write-ahead log");
      return false;
    }
    ledger.acknowledge(batch);
    return true;
  }

  private static void maintain(LocalStore store) {
    try {
      store.maintain();
    } catch (IOException | StorageException e) {
      assertThat(e.toString()).contains("No space left");
    }
  }

  private static void fill(Path filler) throws IOException {
    byte[] zeros = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException e) {
      assertThat(e.getMessage()).contains("No space left");
    }
  }

  private LocalStore open() {
    StoreSettings settings =
        StoreSettings.DEFAULT
            .keeping(StoreSettings.DEFAULT.retention(), 1L << 40)
            .withoutLowWaterMark()
            .maintaining(Duration.ZERO, StoreSettings.DEFAULT.checkpointEvery(), 16 << 10);
    return LocalStore.open(directory.resolve("data"), settings, clock);
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
