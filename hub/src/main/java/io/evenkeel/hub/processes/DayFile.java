package io.evenkeel.hub.processes;

import io.evenkeel.model.ProcessSnapshot;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The snapshots of one host and one day (UTC), in one file.
///
/// ```
/// file    magic "EKPS" and version, 8 bytes; then records
/// record  length of the content, 4 bytes; CRC32C of length and content, 4 bytes; content
/// ```
///
/// Records stand in the order of their times. Every [#GROUP] records a group starts, which can be
/// read without what lies before it; the groups' times and places are the index in memory, so that
/// a look-up is a binary search and the reading of one group. A record that fails its checksum ends
/// the file: what lies behind it is cut off and reported when the file is opened for writing.
///
/// Written by `RandomAccessFile`, whose writes an interrupt cannot turn into a closed file. A write
/// is safe from the death of the process at once, from the loss of power only after [#close].
/// Callers hold the owner's lock.
final class DayFile implements AutoCloseable {
  static final int GROUP = 180;
  private static final long MAGIC = 0x454B_5053_0000_0001L;
  private static final int HEADER_BYTES = 8;
  private static final int RECORD_HEADER_BYTES = 8;
  private static final int MAX_CONTENT_BYTES = 1 << 20;

  private final Path path;
  private final RandomAccessFile file;
  private final SnapshotCodec.Writer codec = new SnapshotCodec.Writer();
  private final List<GroupStart> groups = new ArrayList<>();
  private long end;
  private long lastTimeMillis = Long.MIN_VALUE;
  private int recordsInGroup = GROUP;
  private final long cutBytes;
  private final boolean writable;

  /// Where a group starts.
  private record GroupStart(long timeMillis, long offset) {}

  private DayFile(Path path, RandomAccessFile file, boolean writable) throws IOException {
    this.path = path;
    this.file = file;
    this.writable = writable;
    long length = file.length();
    if (length >= HEADER_BYTES && readLong(0) == MAGIC) {
      end = HEADER_BYTES;
      scan(length);
    }
    cutBytes = length - end;
    if (writable) {
      file.setLength(end);
      if (end == 0) {
        file.seek(0);
        file.writeLong(MAGIC);
        end = HEADER_BYTES;
      }
    }
  }

  /// Opens a file for writing, creating it when it is not there; a torn tail is cut off.
  static DayFile openForWriting(Path path) throws IOException {
    return open(path, true);
  }

  /// Opens an existing file for reading.
  static DayFile openForReading(Path path) throws IOException {
    return open(path, false);
  }

  private static DayFile open(Path path, boolean writable) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), writable ? "rw" : "r");
    try {
      return new DayFile(path, file, writable);
    } catch (IOException | RuntimeException e) {
      try (file) {
        throw e;
      }
    }
  }

  Path path() {
    return path;
  }

  /// How many bytes at the end were no whole record when the file was opened.
  long cutBytes() {
    return cutBytes;
  }

  long sizeBytes() {
    return end;
  }

  private long readLong(long offset) throws IOException {
    file.seek(offset);
    return file.readLong();
  }

  private void scan(long length) throws IOException {
    byte[] all = Files.readAllBytes(path);
    ByteBuffer bytes = ByteBuffer.wrap(all, 0, (int) Math.min(length, all.length));
    bytes.position(HEADER_BYTES);
    while (true) {
      int start = bytes.position();
      ByteBuffer content = nextRecord(bytes);
      if (content == null) {
        end = start;
        return;
      }
      long timeMillis = content.getLong(content.position() + SnapshotCodec.TIME_OFFSET);
      if (content.get(content.position()) == SnapshotCodec.GROUP_START) {
        groups.add(new GroupStart(timeMillis, start));
      }
      lastTimeMillis = timeMillis;
    }
  }

  /// The content of the record at the buffer's position, which moves behind it; null when there is
  /// no whole record.
  private static @Nullable ByteBuffer nextRecord(ByteBuffer bytes) {
    if (bytes.remaining() < RECORD_HEADER_BYTES) {
      return null;
    }
    int start = bytes.position();
    int length = bytes.getInt(start);
    if (length <= SnapshotCodec.TIME_OFFSET + Long.BYTES
        || length > MAX_CONTENT_BYTES
        || length > bytes.remaining() - RECORD_HEADER_BYTES) {
      return null;
    }
    ByteBuffer content = bytes.slice(start + RECORD_HEADER_BYTES, length);
    if (checksum(length, content.duplicate()) != bytes.getInt(start + Integer.BYTES)) {
      return null;
    }
    bytes.position(start + RECORD_HEADER_BYTES + length);
    return content;
  }

  private static int checksum(int length, ByteBuffer content) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, length));
    crc.update(content);
    return (int) crc.getValue();
  }

  /// Appends a snapshot; one that is not later than the last is left out.
  void append(ProcessSnapshot snapshot) throws IOException {
    if (snapshot.timestampMillis() <= lastTimeMillis) {
      return;
    }
    boolean startGroup = recordsInGroup >= GROUP;
    byte[] content = codec.encode(snapshot, startGroup);
    if (content.length > MAX_CONTENT_BYTES) {
      throw new IOException(
          "a snapshot of " + snapshot.processes().size() + " processes is too large to be kept");
    }
    ByteBuffer record = ByteBuffer.allocate(RECORD_HEADER_BYTES + content.length);
    record.putInt(content.length);
    record.putInt(checksum(content.length, ByteBuffer.wrap(content)));
    record.put(content);
    try {
      file.seek(end);
      file.write(record.array());
    } catch (IOException e) {
      // A part of the record may be there: the next one overwrites it, in a group of its own
      // because
      // the strings of this one are not in the file.
      recordsInGroup = GROUP;
      throw e;
    }
    if (startGroup) {
      groups.add(new GroupStart(snapshot.timestampMillis(), end));
      recordsInGroup = 0;
    }
    recordsInGroup++;
    end += record.capacity();
    lastTimeMillis = snapshot.timestampMillis();
  }

  /// The newest snapshot at or before a time.
  Optional<ProcessSnapshot> at(long timeMillis) throws IOException {
    int group = groupAt(timeMillis);
    if (group < 0) {
      return Optional.empty();
    }
    long from = groups.get(group).offset();
    long to = group + 1 < groups.size() ? groups.get(group + 1).offset() : end;
    byte[] bytes = new byte[(int) (to - from)];
    file.seek(from);
    file.readFully(bytes);
    ByteBuffer records = ByteBuffer.wrap(bytes);
    SnapshotCodec.Reader reader = new SnapshotCodec.Reader();
    Optional<ProcessSnapshot> found = Optional.empty();
    while (true) {
      ByteBuffer content = nextRecord(records);
      if (content == null
          || content.getLong(content.position() + SnapshotCodec.TIME_OFFSET) > timeMillis) {
        return found;
      }
      found = Optional.of(reader.decode(content));
    }
  }

  /// The last group that starts at or before a time, or -1.
  private int groupAt(long timeMillis) {
    int low = 0;
    int high = groups.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (groups.get(middle).timeMillis() <= timeMillis) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /// Forces the file to disk and closes it.
  @Override
  public void close() throws IOException {
    try (file) {
      if (writable) {
        file.getFD().sync();
      }
    }
  }
}
