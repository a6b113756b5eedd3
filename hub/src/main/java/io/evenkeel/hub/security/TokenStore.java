package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// API tokens: a prefix and 256 random bits, of which only the digest is stored; shown once.
public final class TokenStore {
  /// How every token begins, so that a leaked one is recognised.
  public static final String PREFIX = "ek_";

  private static final Duration TOUCH = Duration.ofMinutes(1);

  /// What a token is for.
  public enum Scope {
    /// The API, with the token's role.
    API,
    /// Sending samples, and nothing else.
    INGEST
  }

  /// A token, without its secret. Times are epoch milliseconds.
  public record Token(
      String id,
      String name,
      Role role,
      Scope scope,
      long createdAt,
      long expiresAt,
      @Nullable Long lastUsedAt) {}

  /// A new token with its secret.
  public record Issued(Token token, String secret) {}

  private static final String COLUMNS =
      "id, name, role, scope, created_at, expires_at, last_used_at";

  private final Database database;
  private final InstantSource clock;

  public TokenStore(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  public Issued issue(String name, Role role, Scope scope, Duration lifetime) {
    String secret = PREFIX + Secrets.random(256);
    long now = clock.millis();
    Token token =
        new Token(Secrets.random(64), name, role, scope, now, now + lifetime.toMillis(), null);
    database.write(handle ->
        handle
            .createUpdate(
                "INSERT INTO api_token (id, name, hash, role, scope, created_at, expires_at)"
                    + " VALUES (:id, :name, :hash, :role, :scope, :created, :expires)")
            .bind("id", token.id)
            .bind("name", name)
            .bind("hash", Secrets.sha256(secret))
            .bind("role", role.name())
            .bind("scope", scope.name())
            .bind("created", now)
            .bind("expires", token.expiresAt)
            .execute());
    return new Issued(token, secret);
  }

  public List<Token> list() {
    return database.read(handle ->
        handle
            .createQuery("SELECT " + COLUMNS + " FROM api_token ORDER BY created_at")
            .map((row, context) -> token(row))
            .list());
  }

  /// The token of a secret, or nothing when it is unknown or expired.
  public Optional<Token> find(String secret) {
    long now = clock.millis();
    Optional<Token> found =
        database.read(handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM api_token WHERE hash = :hash AND expires_at > :now")
                .bind("hash", Secrets.sha256(secret))
                .bind("now", now)
                .map((row, context) -> token(row))
                .findOne());
    found.ifPresent(token -> touch(token, now));
    return found;
  }

  private void touch(Token token, long now) {
    if (token.lastUsedAt != null && now - token.lastUsedAt < TOUCH.toMillis()) {
      return;
    }
    database.write(handle ->
        handle
            .createUpdate("UPDATE api_token SET last_used_at = :now WHERE id = :id")
            .bind("now", now)
            .bind("id", token.id)
            .execute());
  }

  /// Revokes a token; false when there is none of that id.
  public boolean revoke(String id) {
    return database.write(handle ->
        handle.createUpdate("DELETE FROM api_token WHERE id = :id").bind("id", id).execute())
        == 1;
  }

  private static Token token(java.sql.ResultSet row) throws java.sql.SQLException {
    long lastUsed = row.getLong("last_used_at");
    Long used = row.wasNull() ? null : lastUsed;
    return new Token(
        row.getString("id"),
        row.getString("name"),
        Role.valueOf(row.getString("role")),
        Scope.valueOf(row.getString("scope")),
        row.getLong("created_at"),
        row.getLong("expires_at"),
        used);
  }
}
