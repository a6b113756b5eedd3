package io.evenkeel.model.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Requests that wait for their hub, first in, first out, in bounded memory and bounded disk.
///
/// While the hub takes them they pass through memory and the disk is not touched. Once [#PORTION]
/// bytes wait, what comes after goes to disk in files of about that size; what is sent is then read
/// back file by file. When the files take more than they may, the oldest goes, and its requests are
/// counted as dropped; so are those that a full disk or a damaged file takes. [#close] puts what
/// waits in memory on disk, for the next start; a process that is killed loses at most two portions
/// of memory. A file that was sent in part is sent wholly after a restart: the hub knows its
/// samples already.
///
/// File: magic, count of requests, then of each the length, the CRC-32C and the bytes; all numbers
/// big-endian. Safe for use by two threads, one that adds and one that sends.
public final class DiskBuffer implements AutoCloseable {
  /// How much waits in memory before the rest goes to disk, bytes.
  public static final int PORTION = 256 << 10;

  private static final int MAGIC = 0x454b4246;
  private static final int HEADER = 8;
  private static final int RECORD_HEADER = 8;
  private static final String SUFFIX = ".waiting";
  private static final long FIRST_NUMBER = 1L << 40;

  private final Path folder;
  private final long mostBytes;
  private final ArrayDeque<byte[]> head = new ArrayDeque<>();
  private final ArrayDeque<byte[]> tail = new ArrayDeque<>();
  private final TreeMap<Long, Waiting> files = new TreeMap<>();
  private long headBytes;
  private long tailBytes;
  private long diskBytes;
  private long dropped;
  private @Nullable Long loaded;
  private boolean diskFails;

  private record Waiting(long bytes, int requests) {}

  /// Opens the buffer of a folder, which may hold what waited at the last stop.
  ///
  /// @param mostBytes how much may wait on disk
  /// @throws IOException when the folder cannot be used
  public static DiskBuffer open(Path folder, long mostBytes) throws IOException {
    Files.createDirectories(folder);
    DiskBuffer buffer = new DiskBuffer(folder, mostBytes);
    try (Stream<Path> found = Files.list(folder)) {
      for (Path file : found.toList()) {
        buffer.adopt(file);
      }
    }
    buffer.dropBeyondBound();
    return buffer;
  }

  private DiskBuffer(Path folder, long mostBytes) {
    this.folder = folder;
    this.mostBytes = mostBytes;
  }

  private void adopt(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(SUFFIX + ".new")) {
      Files.delete(file);
    } else if (name.matches("[0-9]{19}" + SUFFIX)) {
      long bytes = Files.size(file);
      files.put(Long.parseLong(name.substring(0, 19)), new Waiting(bytes, count(file)));
      diskBytes += bytes;
    }
  }

  private static int count(Path file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (header.hasRemaining() && channel.read(header) >= 0) {
        // until the header is there
      }
    }
    return header.hasRemaining() || header.getInt(0) != MAGIC ? 0 : Math.max(0, header.getInt(4));
  }

  /// Adds a request behind the others. Never fails: what finds no place is counted in [#dropped].
  public synchronized void add(byte[] request) {
    if (files.isEmpty() && tail.isEmpty() && headBytes < PORTION) {
      head.addLast(request);
      headBytes += request.length;
      return;
    }
    tail.addLast(request);
    tailBytes += request.length;
    if (tailBytes >= PORTION) {
      try {
        store(nextNumber(), tail);
        tail.clear();
        tailBytes = 0;
        diskFails = false;
      } catch (IOException e) {
        keepNewest(e);
      }
      dropBeyondBound();
    }
  }

  private long nextNumber() {
    return files.isEmpty() ? FIRST_NUMBER : files.lastKey() + 1;
  }

  /// The disk takes nothing: memory keeps the newest half portion, the rest is lost.
  private void keepNewest(IOException e) {
    if (!diskFails) {
      System.getLogger(DiskBuffer.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "what waits for the hub cannot be written to "
                  + folder
                  + " ("
                  + e.getMessage()
                  + "): the oldest is dropped until there is space");
    }
    diskFails = true;
    while (tailBytes > PORTION / 2 && tail.size() > 1) {
      tailBytes -= tail.removeFirst().length;
      dropped++;
    }
  }

  private void store(long number, Iterable<byte[]> requests) throws IOException {
    int size = HEADER;
    int count = 0;
    for (byte[] request : requests) {
      size += RECORD_HEADER + request.length;
      count++;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).putInt(MAGIC).putInt(count);
    CRC32C crc = new CRC32C();
    for (byte[] request : requests) {
      crc.reset();
      crc.update(request);
      bytes.putInt(request.length).putInt((int) crc.getValue()).put(request);
    }
    bytes.flip();
    Path file = file(number);
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(beside);
      throw e;
    }
    Files.move(beside, file);
    files.put(number, new Waiting(size, count));
    diskBytes += size;
  }

  private Path file(long number) {
    return folder.resolve(String.format("%019d%s", number, SUFFIX));
  }

  private void dropBeyondBound() {
    while (diskBytes > mostBytes && !files.isEmpty()) {
      if (loaded == null && !head.isEmpty()) {
        // Never on disk, and older than all that is.
        dropped += head.size();
        head.clear();
        headBytes = 0;
      }
      long oldest = files.firstKey();
      Long sending = loaded;
      if (sending != null && sending == oldest) {
        dropped += head.size();
        head.clear();
        headBytes = 0;
        loaded = null;
      } else {
        dropped += files.firstEntry().getValue().requests;
      }
      forget(oldest);
    }
  }

  private void forget(long number) {
    Waiting gone = files.remove(number);
    if (gone != null) {
      diskBytes -= gone.bytes;
    }
    try {
      Files.deleteIfExists(file(number));
    } catch (IOException e) {
      System.getLogger(DiskBuffer.class.getName())
          .log(System.Logger.Level.WARNING, "cannot remove " + file(number), e);
    }
  }

  /// The request that waits longest, which stays until [#remove]; empty when none waits.
  public synchronized Optional<byte[]> oldest() {
    while (head.isEmpty() && !files.isEmpty()) {
      load(files.firstKey());
    }
    if (head.isEmpty()) {
      head.addAll(tail);
      headBytes = tailBytes;
      tail.clear();
      tailBytes = 0;
    }
    return Optional.ofNullable(head.peekFirst());
  }

  private void load(long number) {
    Waiting waiting = files.get(number);
    int expected = waiting == null ? 0 : waiting.requests;
    String trouble = "";
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file(number)));
      bytes.position(Math.min(HEADER, bytes.limit()));
      CRC32C crc = new CRC32C();
      while (bytes.remaining() >= RECORD_HEADER) {
        int length = bytes.getInt();
        int sum = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
          trouble = "it is cut off";
          break;
        }
        byte[] request = new byte[length];
        bytes.get(request);
        crc.reset();
        crc.update(request);
        if ((int) crc.getValue() != sum) {
          trouble = "a checksum is wrong";
          break;
        }
        head.addLast(request);
        headBytes += length;
      }
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
    }
    dropped += Math.max(0, expected - head.size());
    if (!trouble.isEmpty()) {
      System.getLogger(DiskBuffer.class.getName())
          .log(
              System.Logger.Level.WARNING,
              file(number) + ": " + trouble + "; what follows in this file is dropped");
    }
    if (head.isEmpty()) {
      forget(number);
    } else {
      loaded = number;
    }
  }

  /// Takes the oldest request out, if it is still this one: it may have been dropped meanwhile.
  @SuppressWarnings("ReferenceEquality") // the very array that oldest() gave
  public synchronized void remove(byte[] request) {
    if (head.peekFirst() != request) {
      return;
    }
    head.removeFirst();
    headBytes -= request.length;
    Long sent = loaded;
    if (head.isEmpty() && sent != null) {
      loaded = null;
      forget(sent);
    }
  }

  /// How many requests were lost because there was no place for them.
  public synchronized long dropped() {
    return dropped;
  }

  /// How many bytes wait, in memory and on disk.
  public synchronized long waitingBytes() {
    return tailBytes + diskBytes + (loaded == null ? headBytes : 0);
  }

  /// How many bytes the files take.
  public synchronized long diskBytes() {
    return diskBytes;
  }

  /// The number of requests that wait.
  public synchronized long waiting() {
    OptionalLong sending =
        loaded == null ? OptionalLong.empty() : OptionalLong.of(loaded.longValue());
    long onDisk = 0;
    for (var file : files.entrySet()) {
      boolean inMemory = sending.isPresent() && sending.getAsLong() == file.getKey();
      onDisk += inMemory ? 0 : file.getValue().requests;
    }
    return head.size() + onDisk + tail.size();
  }

  /// Puts what waits in memory on disk.
  @Override
  public synchronized void close() throws IOException {
    if (!head.isEmpty() && loaded == null) {
      store(files.isEmpty() ? FIRST_NUMBER : files.firstKey() - 1, List.copyOf(head));
      head.clear();
      headBytes = 0;
    }
    if (!tail.isEmpty()) {
      store(nextNumber(), tail);
      tail.clear();
      tailBytes = 0;
    }
  }
}
