package io.evenkeel.agent.profile;

import java.net.URI;
import java.net.URL;
import java.nio.file.Path;

/// Where a class was loaded from: a jar, or the folder at the root of its packages.
///
/// Asked of the class's resource, not of its protection domain: a class from a class archive that
/// was made in another folder has no code source.
public final class ClassPlace {
  private static final String IN_JAR = "jar:";

  private ClassPlace() {}

  /// The place of a class.
  ///
  /// @throws IllegalStateException when it is neither a jar nor a folder
  public static Path of(Class<?> type) {
    String name = type.getName().replace('.', '/') + ".class";
    URL url = type.getResource("/" + name);
    String text = url == null ? "" : url.toString();
    if (text.startsWith(IN_JAR) && text.endsWith("!/" + name)) {
      return Path.of(
          URI.create(text.substring(IN_JAR.length(), text.length() - name.length() - 2)));
    }
    if (text.startsWith("file:")) {
      return Path.of(URI.create(text.substring(0, text.length() - name.length())));
    }
    throw new IllegalStateException(type.getName() + " comes from no jar and no folder: " + text);
  }
}
