package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/// The room in which chunks are unpacked, used again for each. Not thread-safe.
public final class ChunkLoader {
  private final CRC32C crc = new CRC32C();
  private final ByteReader reader = new ByteReader();
  private byte[] bytes = new byte[1024];
  final SampleColumns shown = new SampleColumns(256);

  /// A reader over a copy of some bytes of a segment, whose checksum is compared first.
  ByteReader load(MemorySegment segment, long offset, int length, int checksum) {
    if (length > bytes.length) {
      bytes = new byte[Math.max(length, 2 * bytes.length)];
    }
    try {
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    } catch (IndexOutOfBoundsException e) {
      throw new DamagedBytesException("it lies outside of its file: " + e.getMessage());
    } catch (InternalError e) {
      // The JVM's form of SIGBUS: a mapped page could not be read.
      throw new DamagedBytesException("the disk could not be read: " + e.getMessage());
    }
    if (checksum(bytes, 0, length) != checksum) {
      throw new DamagedBytesException("its checksum is wrong");
    }
    reader.reset(bytes, 0, length);
    return reader;
  }

  private int checksum(byte[] of, int offset, int length) {
    crc.reset();
    crc.update(of, offset, length);
    return (int) crc.getValue();
  }
}
