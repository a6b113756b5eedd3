package io.evenkeel.hub.command;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.Accounts;
import io.evenkeel.hub.security.ApiTokens;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.AuditTrail;
import io.evenkeel.hub.security.LoginThrottle;
import io.evenkeel.hub.security.PasswordHasher;
import io.evenkeel.hub.security.SetupLinkFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/// The settings of a hub, opened beside the hub that may be running: SQLite lets one writer in at a
/// time, and the hub sees each change with its next request.
final class SettingsFile implements AutoCloseable {
  /// Who changes are audited as: whoever can write the data directory is its owner.
  static final String ACTOR = "command line";

  private final Database database;
  private final PasswordHasher hasher = new PasswordHasher();
  private final AuditStore audit;
  private final Path data;
  private final Clock clock;

  private SettingsFile(Database database, Path data, Clock clock) {
    this.database = database;
    this.data = data;
    this.clock = clock;
    this.audit = new AuditStore(clock);
  }

  /// Opens the settings in a data directory that a hub has used.
  static SettingsFile open(Path data, Clock clock) throws CommandFailure {
    Path file = data.resolve("settings.db");
    if (!Files.exists(file)) {
      throw new CommandFailure(
          "there is no hub's data in "
              + data.toAbsolutePath().normalize()
              + ": name its folder with --data");
    }
    return new SettingsFile(Database.open(file), data, clock);
  }

  Accounts accounts() {
    return new Accounts(
        database,
        new SetupLinkFile(data.resolve("setup-link")),
        audit,
        hasher,
        new LoginThrottle(clock),
        clock);
  }

  ApiTokens tokens() {
    return new ApiTokens(database, audit, clock);
  }

  AuditTrail audit() {
    return new AuditTrail(database, audit);
  }

  @Override
  public void close() {
    hasher.close();
    database.close();
  }
}
