package io.evenkeel.agent.tune.service;

import io.evenkeel.model.tune.Bounds;
import io.evenkeel.model.tune.Place.Service;
import io.evenkeel.model.tune.Refusal;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A service's configuration file, as the server's own policy names it.
///
/// @param name of the service, the target of a request
/// @param within the folder that the file must lie in
/// @param directives the names that may be changed, with the policy's bounds
/// @param check the command that looks at the file; none when empty
/// @param reload the command by which the service takes it
/// @param deadline of each command
/// @param owner the user, beside root, that file and programs may belong to: 0
public record ServiceFile(
    String name,
    Service service,
    Path within,
    Path file,
    Map<String, Bounds> directives,
    List<String> check,
    List<String> reload,
    Duration deadline,
    int owner) {
  private static final int MOST_BYTES = 1 << 20;
  private static final String NONE = "-";

  public ServiceFile {
    directives = Map.copyOf(directives);
    check = List.copyOf(check);
    reload = List.copyOf(reload);
  }

  /// Reads the file, each byte a character.
  ///
  /// @throws ServiceFileException when it is not there, not safe to touch, or cannot be read
  public String read() throws ServiceFileException {
    try {
      Path real = file.toRealPath();
      if (!real.equals(file)) {
        throw ServiceFileException.changed(
            Refusal.FILE_LINKED.text(file.toString(), real.toString()));
      }
      if (!file.startsWith(within)) {
        throw ServiceFileException.changed(
            Refusal.FILE_OUTSIDE.text(file.toString(), within.toString()));
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw ServiceFileException.changed(Refusal.POLICY_IS_NO_FILE.text(file.toString()));
      }
      Optional<String> unsafe = Safety.objection(file, owner);
      if (unsafe.isPresent()) {
        throw ServiceFileException.changed(unsafe.get());
      }
      if ((Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) != 1) {
        throw ServiceFileException.changed(Refusal.FILE_SECOND_NAME.text(file.toString()));
      }
      return text();
    } catch (NoSuchFileException e) {
      throw ServiceFileException.changed(Refusal.NO_FILE.text(file.toString()));
    } catch (IOException e) {
      throw ServiceFileException.failed(
          Refusal.UNREADABLE.text(file.toString(), "read", String.valueOf(e.getMessage())), e);
    }
  }

  private String text() throws IOException, ServiceFileException {
    try (SeekableByteChannel channel =
        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES + 1);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Reads on until the end.
      }
      if (!bytes.hasRemaining()) {
        throw ServiceFileException.changed(Refusal.FILE_TOO_LONG.text(file.toString()));
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
  }

  /// Puts another text in the file's place, at once or not at all.
  ///
  /// @param before what [#read] told: when the file holds anything else by now it stays
  public void replace(String before, String after) throws ServiceFileException {
    try {
      Replacement replacement = Replacement.prepare(file, after);
      // Renaming has no condition, so it is compared as late as can be.
      if (!read().equals(before)) {
        replacement.drop();
        throw ServiceFileException.changed(Refusal.WRITTEN_MEANWHILE.text(file.toString()));
      }
      replacement.take();
    } catch (IOException e) {
      throw ServiceFileException.failed(
          Refusal.UNREADABLE.text(file.toString(), "written", String.valueOf(e.getMessage())), e);
    }
  }

  /// What the file would be like, as a unified difference.
  public String diff(String before, String after) {
    return UnifiedDiff.of(file.toString(), before, after);
  }

  /// Lets the check command look at the file.
  ///
  /// @return what it objects to; empty when nothing
  public Optional<String> checked(String directive, String value) {
    return check.isEmpty()
        ? Optional.empty()
        : new ServiceCommand(check).run(directive, value, deadline, owner);
  }

  /// Tells the service to take the file.
  ///
  /// @return why it did not; empty when it did
  public Optional<String> reloaded(String directive, String value) {
    return new ServiceCommand(reload).run(directive, value, deadline, owner);
  }

  /// What it takes to put the file back though the policy names it no longer, as one line.
  public String text(String hash, String written) {
    return String.join(
        " ",
        hash,
        word(written),
        word(name),
        word(within.toString()),
        word(file.toString()),
        Long.toString(deadline.toMillis()),
        word(String.join("\n", check)),
        word(String.join("\n", reload)));
  }

  /// What [#text] wrote, without what may be changed.
  public static ServiceFile of(String text, Service service, int owner) {
    String[] words = text.split(" ", -1);
    return new ServiceFile(
        plain(words[2]),
        service,
        Path.of(plain(words[3])),
        Path.of(plain(words[4])),
        Map.of(),
        lines(plain(words[6])),
        lines(plain(words[7])),
        Duration.ofMillis(Long.parseLong(words[5])),
        owner);
  }

  /// The hash in a line of [#text].
  public static String hash(String text) {
    return text.substring(0, text.indexOf(' '));
  }

  /// The value in a line of [#text] as it was written.
  public static String written(String text) {
    return plain(text.split(" ", -1)[1]);
  }

  private static List<String> lines(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split("\n", -1));
  }

  private static String word(String text) {
    return text.isEmpty()
        ? NONE
        : URLEncoder.encode(text, StandardCharsets.UTF_8).replace(NONE, "%2D");
  }

  private static String plain(String word) {
    return word.equals(NONE) ? "" : URLDecoder.decode(word, StandardCharsets.UTF_8);
  }
}
