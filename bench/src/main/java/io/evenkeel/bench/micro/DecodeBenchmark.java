package io.evenkeel.bench.micro;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.chunk.ChunkLoader;
import io.evenkeel.tsdb.engine.chunk.NumberCodec;
import io.evenkeel.tsdb.engine.chunk.PackCache;
import io.evenkeel.tsdb.engine.chunk.PackWriter;
import io.evenkeel.tsdb.engine.chunk.PackedRun;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Decoding two hours of a counter in hundredths, in the head's chunks and in a block's packs.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class DecodeBenchmark {
  private static final int SAMPLES = 480;
  private static final int RUNS = 16;
  private static final long T0 = 1_763_856_000_000L;

  private final byte[] chunk = new byte[SAMPLES * NumberCodec.MAX_SAMPLE_BYTES];
  private final MemorySegment packs;
  private final int chunkSize;
  private final ChunkLoader loader = new ChunkLoader();
  private final PackCache kept = new PackCache();
  private final SampleColumns into = new SampleColumns(SAMPLES);

  public DecodeBenchmark() {
    Random random = new Random(1);
    PackWriter writer = new PackWriter();
    NumberCodec.State state = new NumberCodec.State();
    int size = 0;
    for (int run = 0; run < RUNS; run++) {
      SampleColumns columns = new SampleColumns(SAMPLES);
      long hundredths = random.nextInt(1_000_000);
      for (int i = 0; i < SAMPLES; i++) {
        hundredths += random.nextInt(1_500);
        columns.add(T0 + i * 15_000L, Double.doubleToRawLongBits(hundredths / 100.0), 0);
      }
      writer.add(columns, 0, SAMPLES, false);
      size = NumberCodec.first(chunk, 0, state, T0, columns.valueBits()[0], 0, false);
      for (int i = 1; i < SAMPLES; i++) {
        size =
            NumberCodec.next(
                chunk, size, state, columns.times()[i], columns.valueBits()[i], 0, false);
      }
    }
    chunkSize = size;
    ByteWriter pack = new ByteWriter(8192);
    writer.finish(pack);
    CRC32C crc = new CRC32C();
    crc.update(pack.array(), 0, pack.size());
    ByteWriter file = new ByteWriter(8192);
    file.i32((int) crc.getValue());
    file.i32(pack.size());
    file.put(pack.array(), 0, pack.size());
    packs = MemorySegment.ofArray(file.toByteArray());
  }

  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public int a_chunk_of_the_head() {
    into.clear();
    NumberCodec.decode(
        new ByteReader(chunk, 0, chunkSize), SAMPLES, false, 0, Long.MAX_VALUE, into);
    return into.size();
  }

  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public int a_run_whose_pack_was_read_for_its_neighbour() {
    return read(kept);
  }

  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public int a_run_whose_pack_has_to_be_read() {
    return read(new PackCache());
  }

  private int read(PackCache cache) {
    into.clear();
    new PackedRun(cache, packs, 0, 7, false, T0, Long.MAX_VALUE, new long[0], "benchmark")
        .read(loader, 0, Long.MAX_VALUE, into);
    return into.size();
  }
}
