package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.ProfileNote.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Optional;
import java.util.Set;

/// The `/tmp` of a process, where its own virtual machine writes what it recorded.
///
/// The folder is opened when recording begins and held, so that files can be fetched after the
/// process has ended, in a container too. Links are not followed, and nothing is written: whoever
/// owns the process may put anything there.
final class TargetTmp implements AutoCloseable {
  /// The largest recording that is fetched.
  static final long MOST_BYTES = 128L << 20;

  private final SecureDirectoryStream<Path> folder;

  @SuppressWarnings("StreamResourceLeak") // held until close()
  TargetTmp(TargetProcess target) throws ProfileFailure, IOException {
    Path path = target.folder().resolve("root/tmp");
    DirectoryStream<Path> opened = Files.newDirectoryStream(path);
    if (!(opened instanceof SecureDirectoryStream<Path> secure)) {
      opened.close();
      throw new ProfileFailure(Code.FAILED, path + " cannot be opened safely");
    }
    folder = secure;
  }

  /// Fetches a file and removes it there; false when there is none.
  boolean fetch(String name, Path to) throws IOException {
    try (InputStream in = open(folder, Path.of(name))) {
      copy(in, to);
    } catch (NoSuchFileException e) {
      return false;
    }
    remove(name);
    return true;
  }

  /// Fetches what a Java process that was killed had written of its recording so far: the chunk in
  /// its repository, a folder named by the time and its number. Removes it there.
  boolean fetchRepository(int pid, Path to) throws IOException {
    Optional<Path> repository = Optional.empty();
    for (Path entry : folder) {
      if (entry.getFileName().toString().matches("\\d{4}(_\\d\\d){5}_" + pid)) {
        repository = Optional.of(entry.getFileName());
      }
    }
    if (repository.isEmpty()) {
      return false;
    }
    boolean found = false;
    try (SecureDirectoryStream<Path> chunks =
        folder.newDirectoryStream(repository.get(), LinkOption.NOFOLLOW_LINKS)) {
      for (Path chunk : chunks) {
        Path name = chunk.getFileName();
        if (!found && name.toString().endsWith(".jfr")) {
          try (InputStream in = open(chunks, name)) {
            copy(in, to);
          }
          found = true;
        }
        chunks.deleteFile(name);
      }
    }
    folder.deleteDirectory(repository.get());
    return found;
  }

  /// Removes a file, when it is there.
  void remove(String name) throws IOException {
    try {
      folder.deleteFile(Path.of(name));
    } catch (NoSuchFileException e) {
      // It was never written, or fetched.
      return;
    }
  }

  private static InputStream open(SecureDirectoryStream<Path> in, Path name) throws IOException {
    BasicFileAttributeView view =
        in.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!view.readAttributes().isRegularFile()) {
      throw new IOException(name + " is not a regular file");
    }
    return Channels.newInputStream(
        in.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
  }

  private static void copy(InputStream in, Path to) throws IOException {
    try (OutputStream out = Files.newOutputStream(to)) {
      byte[] buffer = new byte[16 << 10];
      long copied = 0;
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        copied += read;
        if (copied > MOST_BYTES) {
          throw new IOException("the recording is larger than " + MOST_BYTES + " bytes");
        }
        out.write(buffer, 0, read);
      }
    }
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
