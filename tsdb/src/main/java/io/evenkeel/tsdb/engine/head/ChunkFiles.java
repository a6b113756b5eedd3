package io.evenkeel.tsdb.engine.head;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.chunk.Encoding;
import io.evenkeel.tsdb.engine.chunk.Intervals;
import io.evenkeel.tsdb.engine.chunk.PackedChunk;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.disk.DiskFile;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The head's full chunks: gathered in memory, written out a few megabytes at a time, and read
/// through a mapping from then on, so that they cost no heap.
///
/// The image in memory ends by itself at a size; somebody then has to write it out.
///
/// A file is written once, whole, and never changed. A chunk's header carries a reference to the
/// chunk that its series had before, so a series' chunks are a chain and need no index in memory. A
/// reference is file number << 32 | offset; 0 is none. Each chunk lies in one block window, and
/// each file knows which windows it touches: once all of them are sealed into blocks it goes.
///
/// Concurrency: guarded by the head's lock, but for [#writeOut]'s disk work. Readers keep a [Table]
/// and so the mappings in it alive; a dropped file's mapping ends with the last reader of it.
final class ChunkFiles {
  /// No chunk.
  static final long NONE = 0;

  private static final int FILE_HEADER = 16;
  private static final long MAGIC = 0x314B_4E48_4345_4B45L;
  private static final int CHUNK_HEADER = 40;
  private static final int CHECKED_FROM = 4;
  private static final int FULL_BYTES = 4 << 20;

  /// The files at one moment; immutable.
  record Table(int first, @Nullable MemorySegment[] segments) {
    @Nullable MemorySegment segment(int file) {
      int at = file - first;
      return at < 0 || at >= segments.length ? null : segments[at];
    }
  }

  /// A file that is known to the store.
  ///
  /// @param bytes its content while it is not on disk
  private record Known(Set<Long> windows, byte @Nullable [] bytes, int size) {}

  private final Disk disk;
  private final Path directory;
  private final CRC32C crc = new CRC32C();
  private final TreeMap<Integer, Known> known = new TreeMap<>();
  private Table table = new Table(1, new MemorySegment[0]);
  private int current;
  private ByteWriter image = new ByteWriter(64 * 1024);
  private int imageLength;
  private Set<Long> imageWindows = new HashSet<>();
  private long chunks;
  private long unwrittenBytes;

  ChunkFiles(Disk disk, Path directory, int firstFile) {
    this.disk = disk;
    this.directory = directory;
    this.current = firstFile;
    begin();
  }

  static Path path(Path directory, int file) {
    // Each series that is read names the files of its chunks: a formatter would be felt.
    String digits = Integer.toString(file);
    return directory.resolve("0".repeat(Math.max(0, 8 - digits.length())) + digits + ".chunks");
  }

  private void begin() {
    image = new ByteWriter(64 * 1024);
    imageWindows = new HashSet<>();
    image.i64(MAGIC);
    image.i64(current);
    imageLength = 0;
    putImage();
  }

  /// Lets the table show the image, whose array changes as it grows.
  private void putImage() {
    if (imageLength != image.array().length) {
      imageLength = image.array().length;
      put(current, MemorySegment.ofArray(image.array()).asReadOnly());
    }
  }

  private void put(int file, @Nullable MemorySegment segment) {
    int first = known.isEmpty() ? current : Math.min(current, known.firstKey());
    int last = Math.max(current, file);
    @Nullable MemorySegment[] segments = new MemorySegment[last - first + 1];
    for (int i = first; i <= last; i++) {
      segments[i - first] = i == file ? segment : table.segment(i);
    }
    table = new Table(first, segments);
  }

  /// Adds a chunk and answers the reference to it.
  long append(
      int series,
      long before,
      long window,
      Encoding encoding,
      int count,
      long minTime,
      long maxTime,
      byte[] bytes,
      int offset,
      int length) {
    int at = image.size();
    image.i32(0);
    image.i32(checksum(bytes, offset, length));
    image.i32(length);
    image.i32(series);
    image.i32(encoding.ordinal() | count << 8);
    image.i64(before);
    image.i64(minTime);
    image.i32((int) (maxTime - minTime));
    image.i32At(at, checksum(image.array(), at + CHECKED_FROM, CHUNK_HEADER - CHECKED_FROM));
    image.put(bytes, offset, length);
    putImage();
    imageWindows.add(window);
    chunks++;
    long reference = (long) current << 32 | at;
    if (image.size() >= FULL_BYTES) {
      roll();
    }
    return reference;
  }

  private int checksum(byte[] bytes, int offset, int length) {
    crc.reset();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /// Bytes that are not on disk yet.
  long bytesInMemory() {
    return unwrittenBytes + image.size() - FILE_HEADER;
  }

  /// Bytes of the file that is being gathered.
  long imageBytes() {
    return (long) image.size() - FILE_HEADER;
  }

  /// Ends the file in memory and begins the next; answers the new file's number.
  int roll() {
    if (image.size() > FILE_HEADER) {
      known.put(current, new Known(Set.copyOf(imageWindows), image.array(), image.size()));
      unwrittenBytes += image.size();
      current++;
      begin();
    }
    return current;
  }

  /// The numbers of the ended files that are not on disk yet.
  List<Integer> unwritten() {
    List<Integer> files = new ArrayList<>();
    known.forEach((file, entry) -> {
      if (entry.bytes() != null) {
        files.add(file);
      }
    });
    return files;
  }

  /// The content of an ended file that is not on disk yet.
  @Nullable ByteBuffer content(int file) {
    Known entry = known.get(file);
    return entry == null || entry.bytes() == null
        ? null
        : ByteBuffer.wrap(entry.bytes(), 0, entry.size());
  }

  /// Writes and forces an ended file's content and maps it; call it without the head's lock, from
  /// one thread, and hand the result to [#written].
  MemorySegment writeOut(int file, ByteBuffer content) throws IOException {
    Path path = path(directory, file);
    disk.delete(path);
    try (DiskFile out = disk.create(path)) {
      out.write(content);
      out.force();
    }
    return disk.map(path, Arena.ofAuto());
  }

  /// Makes the written files' names durable.
  void forceNames() throws IOException {
    disk.forceDirectory(directory);
  }

  /// Replaces an ended file's content in memory by its mapping.
  void written(int file, MemorySegment mapped) {
    Known entry = known.get(file);
    if (entry != null) {
      known.put(file, new Known(entry.windows(), null, entry.size()));
      unwrittenBytes -= entry.size();
      put(file, mapped);
    }
  }

  /// The mapped files, oldest first.
  List<MemorySegment> mapped() {
    List<MemorySegment> mapped = new ArrayList<>();
    known.forEach((file, entry) -> {
      MemorySegment segment = table.segment(file);
      if (segment != null && segment.isMapped()) {
        mapped.add(segment);
      }
    });
    return mapped;
  }

  /// Takes over a file that was written before a restart.
  void adopt(int file, Set<Long> windows, int size) throws IOException {
    MemorySegment mapped = disk.map(path(directory, file), Arena.ofAuto());
    if (mapped.byteSize() < size) {
      throw new IOException(
          path(directory, file)
              + " has "
              + mapped.byteSize()
              + " bytes, "
              + size
              + " were written");
    }
    known.put(file, new Known(windows, null, size));
    put(file, mapped);
  }

  /// Forgets the oldest files, as long as all their windows are sealed at a later file, and answers
  /// them; they can be deleted. A file is kept while an older one is, or it would break the chains
  /// that lead there.
  List<Path> drop(SealedWindows sealed) {
    List<Path> dropped = new ArrayList<>();
    while (!known.isEmpty()) {
      int file = known.firstKey();
      Known entry = known.firstEntry().getValue();
      if (entry.bytes() != null
          || !entry.windows().stream().allMatch(window -> sealed.hidesWindow(window, file))) {
        break;
      }
      known.remove(file);
      dropped.add(path(directory, file));
    }
    put(current, table.segment(current));
    return dropped;
  }

  /// The windows of the chunks in memory.
  Set<Long> currentWindows() {
    return imageWindows;
  }

  /// The windows of one ended file.
  Set<Long> windows(int file) {
    Known entry = known.get(file);
    return entry == null ? Set.of() : entry.windows();
  }

  /// The ended files, in order.
  List<Integer> files() {
    return List.copyOf(known.keySet());
  }

  /// The size of an ended file.
  int size(int file) {
    Known entry = known.get(file);
    return entry == null ? 0 : entry.size();
  }

  /// The number of the file that is being gathered.
  int current() {
    return current;
  }

  /// How many chunks were added since the start.
  long chunks() {
    return chunks;
  }

  Table table() {
    return table;
  }

  /// Takes the chunks of a chain.
  @FunctionalInterface
  interface ChainConsumer {
    void chunk(int file, PackedChunk chunk);
  }

  /// Walks a chain from its newest chunk to the first that lies in a dropped file.
  ///
  /// @throws StorageException when a chunk's header is damaged
  static void walk(Table table, long newest, Path directory, ChainConsumer consumer) {
    byte[] header = new byte[CHUNK_HEADER];
    CRC32C check = new CRC32C();
    ByteReader in = new ByteReader();
    long reference = newest;
    int named = -1;
    String name = "";
    while (reference != NONE) {
      int file = (int) (reference >>> 32);
      if (file != named) {
        named = file;
        name = path(directory, file).toString();
      }
      long at = reference & 0xFFFFFFFFL;
      MemorySegment segment = table.segment(file);
      if (segment == null) {
        return;
      }
      String problem = null;
      try {
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, header, 0, CHUNK_HEADER);
        check.reset();
        check.update(header, CHECKED_FROM, CHUNK_HEADER - CHECKED_FROM);
      } catch (IndexOutOfBoundsException | InternalError e) {
        problem = String.valueOf(e.getMessage());
      }
      in.reset(header, 0, CHUNK_HEADER);
      if (problem != null || in.i32() != (int) check.getValue()) {
        throw new StorageException(
            "the header of a chunk at byte "
                + at
                + " of "
                + path(directory, file)
                + " is damaged"
                + (problem == null ? "" : " (" + problem + ")")
                + "; other series can be read; restore the file from a backup");
      }
      int checksum = in.i32();
      int length = in.i32();
      in.i32();
      int kind = in.i32();
      long before = in.i64();
      long minTime = in.i64();
      long maxTime = minTime + (in.i32() & 0xFFFFFFFFL);
      consumer.chunk(
          file,
          new PackedChunk(
              segment,
              at + CHUNK_HEADER,
              length,
              checksum,
              Encoding.of(kind & 0xFF),
              kind >>> 8,
              minTime,
              maxTime,
              Intervals.NONE,
              name));
      reference = before;
    }
  }
}
