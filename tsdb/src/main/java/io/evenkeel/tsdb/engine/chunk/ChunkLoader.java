package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The room in which chunks are unpacked, used again for each, and made when it is needed: a query
/// of thousands of series has a loader for each. Not thread-safe.
public final class ChunkLoader {
  private static final int FEWEST_BYTES = 256;

  private final CRC32C crc = new CRC32C();
  private final ByteReader reader = new ByteReader();
  private byte[] bytes = new byte[0];
  private @Nullable SampleColumns shown;
  private long @Nullable [][] rows;

  /// A reader over a copy of some bytes of a segment, whose checksum is compared first.
  ByteReader load(MemorySegment segment, long offset, int length, int checksum) {
    load(segment, offset, length);
    if (checksum(bytes, 0, length) != checksum) {
      throw new DamagedBytesException("its checksum is wrong");
    }
    return reader;
  }

  /// A reader over a copy of some bytes of a segment.
  ByteReader load(MemorySegment segment, long offset, int length) {
    if (length > bytes.length) {
      bytes = new byte[Math.max(length, Math.max(FEWEST_BYTES, 2 * bytes.length))];
    }
    try {
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    } catch (IndexOutOfBoundsException e) {
      throw new DamagedBytesException("it lies outside of its file: " + e.getMessage());
    } catch (InternalError e) {
      // The JVM's form of SIGBUS: a mapped page could not be read.
      throw new DamagedBytesException("the disk could not be read: " + e.getMessage());
    }
    reader.reset(bytes, 0, length);
    return reader;
  }

  /// The bytes that were loaded last.
  byte[] bytes() {
    return bytes;
  }

  /// Lets samples be unpacked into a buffer, without those in deleted intervals.
  ///
  /// @param origin names what is read, should it be damaged
  void shown(
      long[] hidden,
      long minTime,
      long maxTime,
      SampleColumns into,
      Consumer<SampleColumns> unpacking,
      Supplier<String> origin) {
    try {
      if (hidden.length == 0 || !Intervals.overlap(hidden, minTime, maxTime)) {
        unpacking.accept(into);
        return;
      }
      SampleColumns all = shown == null ? new SampleColumns(256) : shown;
      shown = all;
      all.clear();
      unpacking.accept(all);
      for (int i = 0; i < all.size(); i++) {
        if (!Intervals.contain(hidden, all.times()[i])) {
          ColumnCopy.one(all, i, into);
        }
      }
    } catch (DamagedBytesException | IndexOutOfBoundsException e) {
      throw damaged(origin.get(), e);
    }
  }

  /// What to tell of something that cannot be unpacked.
  static StorageException damaged(String what, RuntimeException cause) {
    return new StorageException(
        what
            + " is damaged ("
            + cause.getMessage()
            + "); everything else can be read; restore the file from a backup or delete this"
            + " time range",
        cause);
  }

  /// One of some rows, with room for some numbers; what it held before is still in it.
  long[] row(int number, int count) {
    long[][] all = rows == null ? new long[RollupColumns.Column.values().length][0] : rows;
    rows = all;
    if (all[number].length < count) {
      all[number] = new long[count];
    }
    return all[number];
  }

  private int checksum(byte[] of, int offset, int length) {
    crc.reset();
    crc.update(of, offset, length);
    return (int) crc.getValue();
  }
}
