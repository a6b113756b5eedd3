package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a store's files lie, held for one process by a lock.
///
///     lock                   held while the store is open
///     log/00000007.log       the write-ahead log since checkpoint 7
///     log/00000007.state     checkpoint 7: what of the head is not in chunk files
///     chunks/00000042.chunks full chunks of the head
///     blocks/b00000003-…     sealed blocks
///     minutes/, hours/       rollups of sealed days
///     retention              the time by which retention counts
///     damaged/               files in which damage was found, kept for a person to look at
final class StoreDirectory implements AutoCloseable {
  private final Path root;
  private final FileChannel channel;
  private final FileLock lock;

  private StoreDirectory(Path root, FileChannel channel, FileLock lock) {
    this.root = root;
    this.channel = channel;
    this.lock = lock;
  }

  /// Makes and locks a directory.
  ///
  /// @throws StorageException with one line that says what to do, when that cannot be
  // The channel lives as long as the lock does.
  @SuppressWarnings("MustBeClosedChecker")
  static StoreDirectory open(Disk disk, Path root) {
    FileChannel channel = null;
    try {
      disk.createDirectories(root.resolve("log"));
      disk.createDirectories(root.resolve("chunks"));
      disk.createDirectories(root.resolve("blocks"));
      for (Resolution resolution : Resolution.values()) {
        disk.createDirectories(rollups(root, resolution));
      }
      disk.createDirectories(root.resolve("damaged"));
      disk.forceDirectory(root);
      channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StorageException(
            "the data directory "
                + root
                + " is in use by another process; stop it, or choose another directory");
      }
      return new StoreDirectory(root, channel, lock);
    } catch (IOException e) {
      closeQuietly(channel, e);
      String reason =
          Files.isDirectory(root) && !Files.isWritable(root)
              ? "it is not writable for this user"
              : e.toString();
      throw new StorageException(
          "the data directory "
              + root
              + " cannot be used: "
              + reason
              + "; give this user the right to write there, or choose another directory",
          e);
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel, IOException cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  Path root() {
    return root;
  }

  Path log() {
    return root.resolve("log");
  }

  Path chunks() {
    return root.resolve("chunks");
  }

  Path blocks() {
    return root.resolve("blocks");
  }

  Path rollups(Resolution resolution) {
    return rollups(root, resolution);
  }

  private static Path rollups(Path root, Resolution resolution) {
    return root.resolve(
        switch (resolution) {
          case ONE_MINUTE -> "minutes";
          case ONE_HOUR -> "hours";
        });
  }

  Path retention() {
    return root.resolve("retention");
  }

  Path damaged() {
    return root.resolve("damaged");
  }

  Path log(int number) {
    return log().resolve("%08d.log".formatted(number));
  }

  Path checkpoint(int number) {
    return log().resolve("%08d.state".formatted(number));
  }

  /// The numbers of the files with an ending, ascending.
  static List<Integer> numbers(List<Path> files, String ending) {
    List<Integer> numbers = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.endsWith(ending)) {
        String digits = name.substring(0, name.length() - ending.length());
        if (digits.matches("\\d{8,9}")) {
          numbers.add(Integer.parseInt(digits));
        }
      }
    }
    return numbers;
  }

  /// Lets other processes in.
  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new StorageException("the lock of " + root + " could not be released", e);
    }
  }
}
