package io.evenkeel.agent.collect;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A file of `/proc` or `/sys` that is read again and again: kept open, read from its beginning
/// into one buffer that only grows. Used by one thread.
public final class KernelFile implements AutoCloseable {
  private final Path path;
  private final String whatItTells;
  private @Nullable RandomAccessFile open;
  private byte[] buffer = new byte[4_096];

  /// @param whatItTells completes the sentence 'this kernel does not offer …'
  public KernelFile(Path path, String whatItTells) {
    this.path = path;
    this.whatItTells = whatItTells;
  }

  /// The file's bytes now; the text is valid until the next read.
  ///
  /// @throws NotAvailableException when there is no such file
  public ByteText read() throws IOException {
    RandomAccessFile file = open;
    if (file == null) {
      try {
        file = new RandomAccessFile(path.toFile(), "r");
      } catch (FileNotFoundException e) {
        if (path.toFile().exists()) {
          throw new IOException(path + " cannot be read: " + e.getMessage(), e);
        }
        throw new NotAvailableException(
            "this kernel does not offer " + whatItTells + " (" + path + ")");
      }
      open = file;
    }
    try {
      file.seek(0);
      int size = 0;
      for (int read = file.read(buffer, 0, buffer.length);
          read > 0;
          read = file.read(buffer, size, buffer.length - size)) {
        size += read;
        if (size == buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * size);
        }
      }
      return new ByteText(buffer, 0, size);
    } catch (IOException e) {
      close();
      throw new IOException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    RandomAccessFile file = open;
    open = null;
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        System.getLogger(KernelFile.class.getName())
            .log(System.Logger.Level.DEBUG, "closing " + path, e);
      }
    }
  }
}
