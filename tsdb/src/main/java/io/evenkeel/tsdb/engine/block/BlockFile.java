package io.evenkeel.tsdb.engine.block;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/// One file of a block while it is written: buffered, counted, with a checksum over all of it. Not
/// thread-safe.
final class BlockFile implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;

  private final DiskFile file;
  private final CRC32C crc = new CRC32C();
  private final ByteWriter buffer = new ByteWriter(BUFFER + 4096);
  private long size;

  BlockFile(Disk disk, Path path) throws IOException {
    file = disk.create(path);
  }

  /// Where the next byte goes.
  long position() {
    return size + buffer.size();
  }

  /// What is to be written next; call [#flushIfLarge] after filling it.
  ByteWriter buffer() {
    return buffer;
  }

  void flushIfLarge() throws IOException {
    if (buffer.size() >= BUFFER) {
      flush();
    }
  }

  private void flush() throws IOException {
    crc.update(buffer.array(), 0, buffer.size());
    file.write(ByteBuffer.wrap(buffer.array(), 0, buffer.size()));
    size += buffer.size();
    buffer.clear();
  }

  void force() throws IOException {
    flush();
    file.force();
  }

  long checksum() {
    return crc.getValue();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
