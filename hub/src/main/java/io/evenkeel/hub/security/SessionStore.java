package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// Browser sessions: opaque random ids of 256 bits, of which only the digest is stored.
///
/// A session ends after 30 idle minutes and after 12 hours in any case.
public final class SessionStore {
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Duration ABSOLUTE = Duration.ofHours(12);

  /// Using a session is written down at most this often; a page asks every second.
  private static final Duration TOUCH = Duration.ofMinutes(1);

  /// A session that is valid now.
  ///
  /// @param csrf the text that changing requests must carry in a header
  public record Session(String account, Role role, String csrf) {}

  /// What a browser is given at login.
  ///
  /// @param id the secret for the cookie
  public record Opened(String id, String csrf) {}

  private record Row(String account, String role, String csrf, long createdAt, long usedAt) {}

  private final Database database;
  private final InstantSource clock;

  public SessionStore(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// Opens a session; a login always makes a new one.
  public Opened open(String account) {
    Opened opened = new Opened(Secrets.random(256), Secrets.random(128));
    long now = clock.millis();
    database.write(handle -> {
      handle
          .createUpdate("DELETE FROM session WHERE used_at < :idle OR created_at < :absolute")
          .bind("idle", now - IDLE.toMillis())
          .bind("absolute", now - ABSOLUTE.toMillis())
          .execute();
      return handle
          .createUpdate(
              "INSERT INTO session (hash, account, csrf, created_at, used_at)"
                  + " VALUES (:hash, :account, :csrf, :now, :now)")
          .bind("hash", Secrets.sha256(opened.id))
          .bind("account", account)
          .bind("csrf", opened.csrf)
          .bind("now", now)
          .execute();
    });
    return opened;
  }

  /// The session of an id, or nothing when it is unknown or over.
  public Optional<Session> find(String id) {
    String hash = Secrets.sha256(id);
    long now = clock.millis();
    Optional<Row> found =
        database.read(handle ->
            handle
                .createQuery(
                    "SELECT s.account, a.role, s.csrf, s.created_at, s.used_at FROM session s"
                        + " JOIN account a ON a.name = s.account WHERE s.hash = :hash")
                .bind("hash", hash)
                .map((row, context) ->
                    new Row(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getLong(5)))
                .findOne());
    if (found.isEmpty()
        || now - found.get().usedAt > IDLE.toMillis()
        || now - found.get().createdAt > ABSOLUTE.toMillis()) {
      return Optional.empty();
    }
    Row row = found.get();
    if (now - row.usedAt > TOUCH.toMillis()) {
      database.write(handle ->
          handle
              .createUpdate("UPDATE session SET used_at = :now WHERE hash = :hash")
              .bind("now", now)
              .bind("hash", hash)
              .execute());
    }
    return Optional.of(new Session(row.account, Role.valueOf(row.role), row.csrf));
  }

  public void close(String id) {
    database.write(handle ->
        handle
            .createUpdate("DELETE FROM session WHERE hash = :hash")
            .bind("hash", Secrets.sha256(id))
            .execute());
  }
}
