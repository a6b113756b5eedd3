package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are cut or changed: the store opens or reports, and never tells a wrong value.
class DamageTest {
  private static final long T0 = 1_763_856_000_000L;
  private static final StoreSettings SETTINGS = StoreSettings.DEFAULT.withoutMaintenance();

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong(T0);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private final Map<Path, byte[]> files = new HashMap<>();
  private final List<Path> names = new ArrayList<>();

  @Test
  void opens_with_a_log_that_is_cut_anywhere_in_its_end() throws Exception {
    cutLog(2 << 10, 0, 2 << 10);
  }

  @RepeatedTest(16)
  @Tag("long")
  void opens_with_a_log_that_is_cut_anywhere_in_its_last_64_kib(RepetitionInfo part)
      throws Exception {
    int first = (part.getCurrentRepetition() - 1) * (4 << 10);
    cutLog(64 << 10, first, first + (4 << 10));
  }

  @Test
  void tells_no_wrong_value_after_a_flipped_bit() throws Exception {
    flipBits(500, 7);
  }

  /// A hundred thousand flips.
  @RepeatedTest(20)
  @Tag("long")
  void tells_no_wrong_value_after_any_of_five_thousand_flipped_bits(RepetitionInfo repetition)
      throws Exception {
    flipBits(5_000, 7L + repetition.getCurrentRepetition());
  }

  /// Cuts a log of more than some bytes after every byte of a part of them, counted from its end.
  private void cutLog(int bytes, int first, int last) throws IOException {
    Ledger ledger = new Ledger(8);
    // Without a blocks part: the log is what matters.
    record(ledger, bytes / 100 + 40, false);
    Path log =
        names.stream()
            .filter(name -> name.toString().endsWith(".log"))
            .reduce((_, later) -> later)
            .orElseThrow();
    int size = files.getOrDefault(log, new byte[0]).length;
    assertThat(size).isGreaterThan(bytes);
    long before = Long.MAX_VALUE;
    for (int cut = size - first; cut >= size - last; cut--) {
      Path copy = restore(log, cut, -1);
      try (LocalStore store = open(copy)) {
        List<String> wrong = cut == size ? ledger.wrongIn(store) : ledger.wrongButForLossIn(store);
        assertThat(wrong).as("cut at " + cut).isEmpty();
        assertThat(store.problems()).as("cut at " + cut).isEmpty();
        long samples = StoreOracle.dump(store, 0, Long.MAX_VALUE).lines().count();
        assertThat(samples).as("cut at " + cut).isLessThanOrEqualTo(before);
        before = samples;
      }
    }
  }

  private void flipBits(int flips, long seed) throws IOException {
    Ledger ledger = new Ledger(8);
    record(ledger, 300, true);
    assertThat(names.stream().map(name -> name.getName(0).toString()).distinct())
        .contains("log", "chunks", "blocks");
    Random random = new Random(seed);
    int reported = 0;
    for (int i = 0; i < flips; i++) {
      Path file = names.get(random.nextInt(names.size()));
      byte[] bytes = files.getOrDefault(file, new byte[0]);
      if (bytes.length == 0) {
        continue;
      }
      int bit = random.nextInt(8 * bytes.length);
      String where = "seed " + seed + ", flip " + i + ": bit " + bit + " of " + file;
      Path copy = restore(file, bytes.length, bit);
      try (LocalStore store = open(copy)) {
        reported += store.problems().isEmpty() ? 0 : 1;
        // Also after it went on for a while: late samples, sealing, another day.
        goOn(store, ledger, i);
        assertThat(ledger.wrongButForLossIn(store)).as(where).isEmpty();
      } catch (StorageException e) {
        reported++;
        assertThat(e.getMessage()).as(where).containsAnyOf("damaged", "cannot be opened");
      }
    }
    assertThat(reported).isGreaterThan(flips / 4);
  }

  private void goOn(LocalStore store, Ledger ledger, int flip) throws IOException {
    long end = now.get();
    store.append(ledger.batch(end + 1_000 + flip, new Random(flip)));
    if (flip % 4 == 0) {
      now.addAndGet(Duration.ofHours(3).toMillis());
      store.append(ledger.batch(now.get() + flip, new Random(flip)));
      store.maintain();
      now.set(end);
    }
  }

  private LocalStore open(Path copy) {
    return LocalStore.open(copy, SETTINGS, clock, new FaultyDisk(copy.resolve("bin")));
  }

  /// Fills a store and keeps its files as they are while it is still open, as a crash would.
  private void record(Ledger ledger, int batches, boolean sealing) throws IOException {
    Path source = directory.resolve("source");
    Random random = new Random(3);
    try (LocalStore store = open(source)) {
      for (int i = 0; i < batches; i++) {
        now.addAndGet(sealing && i % 100 == 99 ? Duration.ofHours(2).toMillis() : 1_000);
        SampleBatch batch = ledger.batch(now.get(), random);
        store.append(batch);
        ledger.acknowledge(batch);
        if (sealing && i % 100 == 50) {
          store.maintain();
        }
      }
      Files.walkFileTree(
          source,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Path name = source.relativize(file);
              if (!name.startsWith("bin") && !name.startsWith("lock")) {
                files.put(name, Files.readAllBytes(file));
                names.add(name);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
    names.sort(Path::compareTo);
  }

  /// The recorded files in a new directory, one of them cut to a length and with one bit changed.
  private Path restore(Path changed, int length, int bit) throws IOException {
    Path copy = directory.resolve("copy");
    new LocalDisk().delete(copy);
    for (Path name : names) {
      byte[] bytes = files.getOrDefault(name, new byte[0]);
      if (name.equals(changed)) {
        bytes = Arrays.copyOf(bytes, length);
        if (bit >= 0) {
          bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
      }
      Path to = copy.resolve(name);
      Files.createDirectories(Objects.requireNonNull(to.getParent()));
      Files.write(to, bytes);
    }
    return copy;
  }
}
