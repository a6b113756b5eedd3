package io.evenkeel.agent.collect;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Files of `/sys` with one word in them, and folders of such. For what is read seldom.
public final class SmallFiles {
  private static final int MOST_BYTES = 8_192;

  private SmallFiles() {}

  /// A file's text without the line end, or the empty string when it cannot be read: many
  /// attributes answer with an error where the device has no such property.
  public static String text(Path file) {
    // One large read: sysctl files give a number only to the first read, and `Files.readString`
    // begins with a read of a single byte because the kernel says their size is 0.
    byte[] buffer = new byte[MOST_BYTES];
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      int size = 0;
      for (int read = in.read(buffer); read > 0 && size + read < MOST_BYTES; ) {
        size += read;
        read = in.read(buffer, size, MOST_BYTES - size);
      }
      return new String(buffer, 0, size, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /// A file's decimal number, or nothing when there is none.
  public static OptionalLong number(Path file) {
    try {
      String text = text(file);
      return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /// The entries of a folder whose names begin so, sorted; none when there is no such folder.
  public static List<Path> entries(Path folder, String prefix) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, prefix + "*")) {
        entries.forEach(found::add);
      }
      found.sort(null);
    }
    return found;
  }

  /// Whether a name ends with one of some endings.
  public static boolean endsWithAny(String name, List<String> endings) {
    for (String ending : endings) {
      if (name.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  /// The last part of a path.
  public static String nameOf(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
