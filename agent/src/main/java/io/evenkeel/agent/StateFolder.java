package io.evenkeel.agent;

import java.nio.file.Path;
import java.util.Optional;

/// Where an agent keeps its identity and what waits for its hub.
final class StateFolder {
  private StateFolder() {}

  /// The folder that was asked for; else the one that systemd gives a service; else the usual place
  /// of a service of root, or of a person.
  static Path of(Optional<String> asked) {
    String ofService = System.getenv().getOrDefault("STATE_DIRECTORY", "");
    if (asked.isPresent()) {
      return Path.of(asked.get());
    }
    if (!ofService.isEmpty()) {
      return Path.of(ofService);
    }
    return System.getProperty("user.name", "").equals("root")
        ? Path.of("/var/lib/evenkeel-agent")
        : Path.of(System.getProperty("user.home", "."), ".local", "state", "evenkeel-agent");
  }
}
