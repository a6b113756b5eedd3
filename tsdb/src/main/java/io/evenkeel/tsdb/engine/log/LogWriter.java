package io.evenkeel.tsdb.engine.log;

import io.evenkeel.tsdb.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Appends records to a file in frames that [LogReader] finds again after damage.
///
/// The file is a row of pages of 32 KiB. A record is cut into fragments, none of which crosses a
/// page's end; each has a header of 7 bytes: CRC32C, length, and whether it begins and ends a
/// record. The checksum covers the file's number and the fragment's place, so a fragment of a
/// recycled disk block is not taken for one of this file. Damage therefore costs the records of one
/// page, never the rest of the file. (The framing is that of LevelDB's log.) Not thread-safe.
public final class LogWriter implements AutoCloseable {
  static final int PAGE = 32 * 1024;
  static final int HEADER = 7;
  static final int BEGIN = 1;
  static final int END = 2;
  private static final int BUFFER = 8 * PAGE;

  private final DiskFile file;
  private final int number;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();
  private long size;

  /// Writes to a new file that carries a number.
  public LogWriter(DiskFile file, int number) {
    this.file = file;
    this.number = number;
  }

  /// Appends one record, which may wait in a buffer until [#force].
  public void append(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    int flags = BEGIN;
    do {
      int room = PAGE - (int) (size % PAGE);
      if (room <= HEADER) {
        pad(room);
        room = PAGE;
      }
      int part = Math.min(end - at, room - HEADER);
      if (at + part == end) {
        flags |= END;
      }
      fragment(bytes, at, part, flags);
      at += part;
      flags = 0;
    } while (at < end);
  }

  private void fragment(byte[] bytes, int offset, int length, int flags) throws IOException {
    if (buffer.remaining() < HEADER + length) {
      flush();
    }
    buffer.putInt(checksum(crc, number, size, flags, bytes, offset, length));
    buffer.putShort((short) length);
    buffer.put((byte) flags);
    buffer.put(bytes, offset, length);
    size += HEADER + length;
  }

  private void pad(int room) throws IOException {
    if (buffer.remaining() < room) {
      flush();
    }
    for (int i = 0; i < room; i++) {
      buffer.put((byte) 0);
    }
    size += room;
  }

  static int checksum(
      CRC32C crc, int number, long position, int flags, byte[] bytes, int offset, int length) {
    crc.reset();
    crc.update(bytes, offset, length);
    // The place is mixed in as a second, tiny message.
    long place = position << 2 | flags;
    for (int shift = 0; shift < 64; shift += 8) {
      crc.update((int) (place >>> shift) & 0xFF);
    }
    for (int shift = 0; shift < 32; shift += 8) {
      crc.update(number >>> shift & 0xFF);
    }
    return (int) crc.getValue();
  }

  /// Hands the buffered bytes to the system.
  public void flush() throws IOException {
    buffer.flip();
    file.write(buffer);
    buffer.clear();
  }

  /// Returns once every record appended so far would survive the loss of power.
  public void force() throws IOException {
    flush();
    file.force();
  }

  /// Bytes in the file so far, buffered ones included.
  public long size() {
    return size;
  }

  /// Closes the file without forcing it.
  @Override
  public void close() throws IOException {
    file.close();
  }
}
