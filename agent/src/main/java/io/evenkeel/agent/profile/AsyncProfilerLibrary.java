package io.evenkeel.agent.profile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// Where async-profiler's library is: in the jar that Maven Central has (the hub's class path), or
/// as a file beside the agent's own jar (servers that the hub set up).
public final class AsyncProfilerLibrary {
  /// Its file's name.
  public static final String FILE = "libasyncProfiler.so";

  private AsyncProfilerLibrary() {}

  /// The library for this machine in the class path, written into a folder; empty when the class
  /// path has none for it.
  public static Optional<Path> unpack(Path folder) throws IOException {
    String arch = System.getProperty("os.arch");
    String kind =
        switch (arch) {
          case "amd64" -> "linux-x64";
          case "aarch64" -> "linux-arm64";
          default -> arch;
        };
    try (InputStream in = AsyncProfilerLibrary.class.getResourceAsStream("/" + kind + "/" + FILE)) {
      if (in == null || !System.getProperty("os.name").equals("Linux")) {
        return Optional.empty();
      }
      Path file = Files.createDirectories(folder).resolve(FILE);
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return Optional.of(file);
    }
  }

  /// The library beside the agent's jar; empty when there is none.
  public static Optional<Path> besideAgent() {
    return Optional.ofNullable(ClassPlace.of(AsyncProfilerLibrary.class).getParent())
        .map(folder -> folder.resolve(FILE))
        .filter(Files::isRegularFile);
  }
}
