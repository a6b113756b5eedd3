package io.evenkeel.agent.collect;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file of `/proc` or `/sys` that is read again and again: kept open, read from its beginning
/// into a buffer that is used again. Used by one thread.
public final class KernelFile implements AutoCloseable {
  private static final int USUAL_BYTES = 4_096;

  private final Path path;
  private final String whatItTells;
  private final ReadBuffer buffer;
  private @Nullable RandomAccessFile open;

  /// @param whatItTells completes the sentence 'this kernel does not offer …'
  public KernelFile(Path path, String whatItTells) {
    this(path, whatItTells, new ReadBuffer(USUAL_BYTES));
  }

  /// @param buffer may be shared with other files: a file's text is valid until the next one is
  ///   read
  public KernelFile(Path path, String whatItTells, ReadBuffer buffer) {
    this.path = path;
    this.whatItTells = whatItTells;
    this.buffer = buffer;
  }

  public Path path() {
    return path;
  }

  /// The first number in the file.
  ///
  /// @return [ByteText#NO_NUMBER] when it does not begin with one
  /// @throws NotAvailableException when there is no such file
  public long number() throws IOException {
    ByteText text = read();
    text.nextLine();
    return text.number();
  }

  /// The file's bytes now; the text is valid until the next read.
  ///
  /// @throws NotAvailableException when there is no such file
  public ByteText read() throws IOException {
    RandomAccessFile file = open;
    if (file == null) {
      file = open();
      open = file;
    }
    try {
      file.seek(0);
      int size = 0;
      for (int read = file.read(buffer.bytes, 0, buffer.bytes.length);
          read > 0;
          read = file.read(buffer.bytes, size, buffer.bytes.length - size)) {
        size += read;
        if (size == buffer.bytes.length) {
          buffer.grow();
        }
      }
      return new ByteText(buffer.bytes, 0, size);
    } catch (IOException e) {
      close();
      throw new IOException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private RandomAccessFile open() throws IOException {
    try {
      return new RandomAccessFile(path.toFile(), "r");
    } catch (FileNotFoundException e) {
      if (path.toFile().exists()) {
        throw new IOException(path + " cannot be read: " + e.getMessage(), e);
      }
      throw new NotAvailableException(
          "this kernel does not offer " + whatItTells + " (" + path + ")");
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
