package io.evenkeel.hub.wiring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder in which a hub keeps everything, held by one hub at a time.
///
/// The lock is the operating system's, so it goes with the process however that ends; the process
/// id inside the file only helps to name the other hub.
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "lock";

  /// Written and forced at the start: when this much does not fit, nothing will.
  private static final int PROBE_BYTES = 1 << 20;

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /// Makes the folder when needed, locks it, and makes sure that it can be written.
  ///
  /// @throws StartFailure when another hub holds it or it cannot be written
  public static DataDirectory open(Path folder) throws StartFailure {
    Path path = folder.toAbsolutePath().normalize();
    try {
      create(path);
      FileChannel lockFile =
          FileChannel.open(
              path.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try {
        lock(path, lockFile);
        probe(path);
      } catch (IOException | StartFailure e) {
        lockFile.close();
        throw e;
      }
      return new DataDirectory(path, lockFile);
    } catch (FileAlreadyExistsException e) {
      throw new StartFailure(
          path + " is a file, not a folder: choose another place with --data", e);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /// The folder, absolute.
  public Path path() {
    return path;
  }

  /// A folder inside, made when needed.
  public Path folder(String name) throws StartFailure {
    Path inside = path.resolve(name);
    try {
      return Files.createDirectories(inside);
    } catch (IOException e) {
      throw unwritable(inside, e);
    }
  }

  /// Lets another hub have it.
  @Override
  public void close() throws IOException {
    lockFile.close();
  }

  private static void create(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path);
      if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      }
    }
  }

  private static void lock(Path path, FileChannel lockFile) throws IOException, StartFailure {
    FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new StartFailure(
          path
              + " is in use by another hub ("
              + holder(lockFile)
              + "): stop that one, or choose another folder with --data",
          null);
    }
    lockFile.truncate(0);
    lockFile.write(
        ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
        0);
  }

  private static String holder(FileChannel lockFile) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(32);
    lockFile.read(content, 0);
    String pid =
        new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
    return pid.isEmpty() ? "its process id is not known yet" : "process " + pid;
  }

  private static void probe(Path path) throws IOException {
    Path file = path.resolve("write-test");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocate(PROBE_BYTES);
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
      channel.force(true);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static StartFailure unwritable(Path path, IOException e) {
    String reason = reason(e);
    if (reason.contains("No space left")) {
      return new StartFailure(
          "no space left on the disk of "
              + path
              + ": free some, or choose another folder with --data",
          e);
    }
    return new StartFailure(
        "cannot write to "
            + path
            + " ("
            + reason
            + "): make it writable for "
            + System.getProperty("user.name")
            + ", or choose another folder with --data",
        e);
  }

  private static String reason(IOException e) {
    String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
    return reason != null ? reason : e.getClass().getSimpleName().replace("Exception", "");
  }
}
