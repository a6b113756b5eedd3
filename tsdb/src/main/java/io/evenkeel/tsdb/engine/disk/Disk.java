package io.evenkeel.tsdb.engine.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/// Every call by which the store touches its files.
///
/// What is written is durable after [DiskFile#force]; a name that was created, renamed or deleted
/// is durable after [#forceDirectory] of the directory it stands in. Safe for use by many threads.
public interface Disk {
  /// Creates a file that must not exist, for appending.
  DiskFile create(Path file) throws IOException;

  /// A file's bytes, mapped for reading as long as the arena lives.
  MemorySegment map(Path file, Arena arena) throws IOException;

  void createDirectories(Path directory) throws IOException;

  /// Gives a file or directory another name in the same file system, at once.
  void rename(Path from, Path to) throws IOException;

  /// Removes a file, or a directory with all in it; nothing happens when it is not there.
  void delete(Path file) throws IOException;

  void forceDirectory(Path directory) throws IOException;

  /// The entries of a directory, sorted by name; none when it is not there.
  List<Path> list(Path directory) throws IOException;

  /// The bytes of a file, or of all files below a directory.
  long bytes(Path file) throws IOException;

  /// How many bytes can still be written below a directory.
  long usableBytes(Path directory) throws IOException;
}
