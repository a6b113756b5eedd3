package io.evenkeel.agent.tune;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Lines of a file that only grows; a line is on the disk when [#append] returns. What a power cut
/// left of the last line is cut off when the file is opened. Not thread-safe.
final class AppendedFile implements AutoCloseable {
  private static final FileAttribute<?>[] OWNER_ONLY = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
  };
  private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

  private final Path path;
  private final FileChannel channel;
  private final List<String> found;
  private final int tornBytes;

  private AppendedFile(Path path, FileChannel channel, List<String> found, int tornBytes) {
    this.path = path;
    this.channel = channel;
    this.found = found;
    this.tornBytes = tornBytes;
  }

  /// @param folder is there
  static AppendedFile open(Path folder, String name) throws IOException {
    Path path = folder.resolve(name);
    if (!Files.exists(path)) {
      Files.createFile(path, isPosix(folder) ? OWNER_ONLY : NO_ATTRIBUTES);
      sync(folder);
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      byte[] bytes = Files.readAllBytes(path);
      int whole = bytes.length;
      while (whole > 0 && bytes[whole - 1] != '\n') {
        whole--;
      }
      if (whole < bytes.length) {
        channel.truncate(whole);
        channel.force(true);
      }
      channel.position(whole);
      List<String> lines = new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
      return new AppendedFile(path, channel, lines, bytes.length - whole);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isPosix(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /// Makes the names in a folder last. Other systems than POSIX ones open no folder, and keep names
  /// by themselves.
  static void sync(Path folder) throws IOException {
    if (!isPosix(folder)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// The whole lines that were there when it was opened.
  List<String> found() {
    return found;
  }

  /// How many bytes of an unfinished line were cut off.
  int tornBytes() {
    return tornBytes;
  }

  void append(String line) throws IOException {
    if (line.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a line of " + path + " with a line break");
    }
    long before = channel.position();
    try {
      ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      // A full disk must not leave half a line before the next one.
      channel.truncate(before);
      channel.position(before);
      throw new IOException(path + " cannot be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
