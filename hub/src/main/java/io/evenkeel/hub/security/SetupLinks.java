package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;

/// The one-time link with which the first administrator's password is set: 128 random bits, valid
/// for 30 minutes, printed at the start and kept in a file that only the hub's user can read.
public final class SetupLinks {
  private static final Duration LIFETIME = Duration.ofMinutes(30);

  private final Database database;
  private final InstantSource clock;
  private final Path file;

  /// @param file where the newest link's secret lies while it is valid
  public SetupLinks(Database database, InstantSource clock, Path file) {
    this.database = database;
    this.clock = clock;
    this.file = file;
  }

  /// Makes a new secret; the ones before it are void.
  ///
  /// @param base the hub's address, such as `http://127.0.0.1:9595`
  /// @return the whole link
  public String issue(String base) throws IOException {
    String secret = Secrets.random(128);
    long expires = clock.millis() + LIFETIME.toMillis();
    database.write(handle -> {
      handle.execute("DELETE FROM setup_link");
      return handle.execute(
          "INSERT INTO setup_link (hash, expires_at) VALUES (?, ?)",
          Secrets.sha256(secret),
          expires);
    });
    String link = base + "/setup#token=" + secret;
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(beside, link + "\n");
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return link;
  }

  /// Uses a secret up: true exactly once, while it is valid.
  public boolean redeem(String secret) throws IOException {
    boolean valid =
        database.write(handle ->
            handle.execute(
                    "DELETE FROM setup_link WHERE hash = ? AND expires_at > ?",
                    Secrets.sha256(secret),
                    clock.millis())
                == 1);
    if (valid) {
      Files.deleteIfExists(file);
    }
    return valid;
  }
}
