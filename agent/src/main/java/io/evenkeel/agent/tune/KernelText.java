package io.evenkeel.agent.tune;

import io.evenkeel.model.tune.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// Reads and writes a small file of the kernel, never through a symbolic link (O_NOFOLLOW) and
/// never making one.
final class KernelText {
  private static final int MOST_BYTES = 4_096;

  private KernelText() {}

  /// The file's text with every run of blanks as one space.
  static String read(Path path) throws KnobException {
    try (SeekableByteChannel file =
        Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
      while (bytes.hasRemaining() && file.read(bytes) > 0) {
        // Reads on until the end.
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII)
          .strip()
          .replaceAll("\\s+", " ");
    } catch (IOException e) {
      throw explained(path, "read", e);
    }
  }

  /// Writes the text in one call, as files of the kernel want it.
  static void write(Path path, String text) throws KnobException {
    try (SeekableByteChannel file =
        Files.newByteChannel(
            path,
            Set.of(
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING,
                LinkOption.NOFOLLOW_LINKS))) {
      byte[] bytes = (text + "\n").getBytes(StandardCharsets.US_ASCII);
      if (file.write(ByteBuffer.wrap(bytes)) != bytes.length) {
        throw new KnobException(path + " took only a part of '" + text + "'");
      }
    } catch (IOException e) {
      throw explained(path, "written", e);
    }
  }

  private static KnobException explained(Path path, String verb, IOException e) {
    return switch (e) {
      case NoSuchFileException none -> new KnobException(Refusal.NO_KNOB.text(path.toString()), e);
      case AccessDeniedException denied ->
          new KnobException(Refusal.NO_RIGHTS.text(path.toString(), verb), e);
      default ->
          new KnobException(
              Refusal.UNREADABLE.text(path.toString(), verb, String.valueOf(e.getMessage())), e);
    };
  }
}
