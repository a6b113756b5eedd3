package io.evenkeel.tsdb.engine;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.chunk.ChunkBuilder;
import io.evenkeel.tsdb.engine.chunk.PackWriter;
import io.evenkeel.tsdb.engine.disk.DiskFile;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import io.evenkeel.tsdb.engine.log.LogWriter;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.RollupFold;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the store wrote, changed by chance, at every target of [FuzzTargets]. `scripts/fuzz.sh`
/// begins with the same inputs and is guided by coverage.
class FuzzTest {
  private static final long T0 = 1_763_856_000_000L;

  enum Target {
    LOG(FuzzTargets.Log::fuzzerTestOneInput),
    PACK(FuzzTargets.Pack::fuzzerTestOneInput),
    CHUNK(FuzzTargets.Chunk::fuzzerTestOneInput);

    private final Consumer<byte[]> target;

    Target(Consumer<byte[]> target) {
      this.target = target;
    }
  }

  @ParameterizedTest
  @EnumSource
  void any_bytes_end_with_a_result_or_a_reason(Target target, @TempDir Path folder)
      throws IOException {
    List<byte[]> seeds = seeds(target, folder);
    seeds.forEach(seed -> run(target, seed));
    Random random = new Random(20261126);
    for (int i = 0; i < 2_000; i++) {
      byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        input[random.nextInt(input.length)] = (byte) random.nextInt();
      }
      run(target, random.nextInt(4) == 0 ? Arrays.copyOf(input, input.length / 2) : input);
    }
  }

  private static void run(Target target, byte[] input) {
    try {
      target.target.accept(input);
    } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(target + " failed on " + HexFormat.of().formatHex(input), e);
    }
  }

  /// Writes the inputs to begin with, for `scripts/fuzz.sh`.
  ///
  /// @param args the target's name, as in [FuzzTargets], and a folder
  static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    int number = 0;
    for (byte[] seed : seeds(Target.valueOf(args[0].toUpperCase(Locale.ROOT)), folder)) {
      Files.write(folder.resolve("seed-" + number++), seed);
    }
  }

  private static List<byte[]> seeds(Target target, Path folder) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (int seed = 1; seed <= 4; seed++) {
      RandomLoad load = new RandomLoad(seed, 12);
      List<SampleBatch> batches = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        batches.add(load.batch(T0 + i * 15_000L, 1_000));
      }
      switch (target) {
        case LOG -> seeds.addAll(log(batches, folder));
        case PACK -> seeds.add(pack(batches));
        case CHUNK -> seeds.addAll(chunks(batches));
      }
    }
    return seeds;
  }

  private static List<byte[]> log(List<SampleBatch> batches, Path folder) throws IOException {
    Path file = folder.resolve("log");
    BatchRecord record = new BatchRecord();
    List<byte[]> records = new ArrayList<>();
    try (DiskFile disk = new LocalDisk().create(file);
        LogWriter writer = new LogWriter(disk, 1)) {
      for (SampleBatch batch : batches) {
        record.begin();
        for (int i = 0; i < batch.sampleCount(); i++) {
          record.series(batch.series(i), new byte[] {1, 2, 3});
          record.sample(
              batch.series(i),
              batch.time(i),
              batch.valueBits(i),
              batch.histogram(i),
              batch.startTime(i));
        }
        batch.metadata().forEach(record::metadata);
        ByteWriter bytes = record.bytes();
        records.add(Arrays.copyOf(bytes.array(), bytes.size()));
        writer.append(bytes.array(), 0, bytes.size());
      }
      writer.force();
    }
    records.add(Files.readAllBytes(file));
    Files.delete(file);
    return records;
  }

  private static SampleColumns columns(List<SampleBatch> batches, boolean histograms) {
    SampleColumns columns = new SampleColumns(64);
    long time = T0;
    for (SampleBatch batch : batches) {
      for (int i = 0; i < batch.sampleCount(); i++) {
        NativeHistogram histogram = batch.histogram(i);
        if (histogram == null ^ histograms) {
          time += 1_000;
          if (histogram == null) {
            columns.add(time, batch.valueBits(i), batch.startTime(i));
          } else {
            columns.add(time, histogram, batch.startTime(i));
          }
        }
      }
    }
    return columns;
  }

  private static byte[] pack(List<SampleBatch> batches) {
    SampleColumns columns = columns(batches, false);
    PackWriter writer = new PackWriter();
    writer.add(columns, 0, columns.size() / 2, false);
    writer.add(columns, columns.size() / 2, columns.size(), true);
    RollupColumns rollups = new RollupColumns();
    RollupFold fold = new RollupFold(Resolution.ONE_MINUTE, rollups);
    fold.add(columns);
    fold.finish();
    writer.add(rollups);
    ByteWriter out = new ByteWriter(4096);
    writer.finish(out);
    return Arrays.copyOf(out.array(), out.size());
  }

  private static List<byte[]> chunks(List<SampleBatch> batches) {
    List<byte[]> chunks = new ArrayList<>();
    for (boolean histograms : new boolean[] {false, true}) {
      SampleColumns columns = columns(batches, histograms);
      ChunkBuilder builder = new ChunkBuilder(120, 4096);
      ChunkBuilder.Sink sink =
          (encoding, count, _, _, bytes, length) -> {
            byte[] chunk = new byte[length + 2];
            chunk[0] = (byte) encoding.ordinal();
            chunk[1] = (byte) (count - 1);
            System.arraycopy(bytes, 0, chunk, 2, length);
            chunks.add(chunk);
          };
      builder.add(columns, 0, columns.size(), sink);
      builder.finish(sink);
    }
    return chunks;
  }
}
