package io.evenkeel.hub.command;

import io.evenkeel.hub.db.Database;
import java.nio.file.Files;
import java.nio.file.Path;

/// The settings of a hub, opened beside the hub that may be running: SQLite lets one writer at a
/// time, and the hub sees each change with its next request.
final class SettingsFile {
  private SettingsFile() {}

  /// Opens the settings in a data directory that a hub has used.
  static Database open(Path data) throws CommandFailure {
    Path file = data.resolve("settings.db");
    if (!Files.exists(file)) {
      throw new CommandFailure(
          "there is no hub's data in "
              + data.toAbsolutePath().normalize()
              + ": name its folder with --data");
    }
    return Database.open(file);
  }
}
