package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.chunk.ChunkLoader;
import io.evenkeel.tsdb.engine.chunk.Encoding;
import io.evenkeel.tsdb.engine.chunk.PackCache;
import io.evenkeel.tsdb.engine.chunk.PackedChunk;
import io.evenkeel.tsdb.engine.chunk.PackedRun;
import io.evenkeel.tsdb.engine.chunk.RollupRun;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.log.LogReader;
import io.evenkeel.tsdb.storage.HistogramCheck;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The readers of what stands on disk, each past the checksum that would turn all but a few inputs
/// away: any bytes end with a result or a [StorageException]. The methods' shape is Jazzer's,
/// `scripts/fuzz.sh` runs them under it.
public final class FuzzTargets {
  private static final int MOST_SAMPLES = 1 << 14;

  private FuzzTargets() {}

  /// A file of the write-ahead log as it stands, then its bytes as one record.
  public static final class Log {
    private Log() {}

    public static void fuzzerTestOneInput(byte[] data) {
      LogReader file = new LogReader(MemorySegment.ofArray(data), 1);
      for (ByteWriter record = file.next(); record != null; record = file.next()) {
        read(record.array(), record.size());
      }
      check(file.damaged() == 0 == file.damagedAt() < 0, "damage without a place");
      read(data, data.length);
    }

    private static void read(byte[] bytes, int length) {
      try {
        BatchRecord.read(new ByteReader(bytes, 0, length), new Sink());
      } catch (InvalidLabelsException | StorageException e) {
        sentence(e);
      }
    }
  }

  /// A pack of a block: its samples and its rollups.
  public static final class Pack {
    private Pack() {}

    public static void fuzzerTestOneInput(byte[] data) {
      byte[] file =
          ByteBuffer.allocate(8 + data.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(checksum(data))
              .putInt(data.length)
              .put(data)
              .array();
      MemorySegment segment = MemorySegment.ofArray(file);
      ChunkLoader loader = new ChunkLoader();
      for (int run = 0; run < 3; run++) {
        PackCache cache = new PackCache();
        for (boolean starts : new boolean[] {false, true}) {
          samples(
              new PackedRun(
                  cache, segment, 0, run, starts, 0, Long.MAX_VALUE, new long[0], "memory"),
              loader);
        }
        try {
          new RollupRun(cache, segment, 0, run, 60_000, 0, Long.MAX_VALUE, new long[0], "memory")
              .read(loader, 0, Long.MAX_VALUE, new RollupColumns());
        } catch (StorageException e) {
          sentence(e);
        }
      }
    }
  }

  /// A chunk of the head; its first two bytes choose the encoding and how many samples it holds.
  public static final class Chunk {
    private Chunk() {}

    public static void fuzzerTestOneInput(byte[] data) {
      if (data.length < 2) {
        return;
      }
      byte[] bytes = Arrays.copyOfRange(data, 2, data.length);
      Encoding encoding = Encoding.of((data[0] & 0xFF) % 3);
      PackedChunk chunk =
          new PackedChunk(
              MemorySegment.ofArray(bytes),
              0,
              bytes.length,
              checksum(bytes),
              encoding,
              1 + (data[1] & 0xFF),
              0,
              Long.MAX_VALUE,
              new long[0],
              "memory");
      samples(chunk, new ChunkLoader());
    }
  }

  private static void samples(Run run, ChunkLoader loader) {
    SampleColumns columns = new SampleColumns(16);
    try {
      run.read(loader, Long.MIN_VALUE, Long.MAX_VALUE, columns);
      check(columns.size() <= 64 * MOST_SAMPLES, "more samples than fit");
    } catch (StorageException e) {
      sentence(e);
    }
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static void sentence(Exception e) {
    check(e.getMessage() != null && !e.getMessage().isEmpty(), "no reason");
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static final class Sink implements BatchRecord.Visitor {
    @Override
    public void series(int id, byte[] canonical) {
      check(id >= 0, "a negative series");
    }

    @Override
    public void sample(
        int id, long time, long bits, @Nullable NativeHistogram histogram, long start) {
      if (histogram != null) {
        String problem = HistogramCheck.problem(histogram);
        check(problem == null || !problem.isEmpty(), "no reason");
      }
    }

    @Override
    public void metadata(MetricMetadata entry) {
      check(entry.type() != null, "no type");
    }

    @Override
    public void exemplar(Labels series, Exemplar exemplar) {
      check(series.size() >= 0, "no series");
    }
  }
}
