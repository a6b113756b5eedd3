package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/// The sessions in the settings database, by the hash of their secret.
public final class SessionStore {
  /// A session with what its account is allowed now.
  record Row(String name, Role role, Instant createdAt, Instant usedAt) {}

  Optional<Row> find(Transaction transaction, String secretHash) {
    return transaction
        .createQuery(
            "SELECT a.name, a.role, s.created_at, s.used_at FROM sessions s"
                + " JOIN accounts a ON a.name_key = s.name_key WHERE s.secret_hash = :hash")
        .bind("hash", secretHash)
        .map(SessionStore::row)
        .findOne();
  }

  void insert(Transaction transaction, String secretHash, String name, Instant at) {
    transaction
        .createUpdate(
            "INSERT INTO sessions (secret_hash, name_key, created_at, used_at) VALUES (:hash, :key, :at, :at)")
        .bind("hash", secretHash)
        .bind("key", Account.key(name))
        .bind("at", at.toEpochMilli())
        .execute();
  }

  void used(Transaction transaction, String secretHash, Instant at) {
    transaction
        .createUpdate("UPDATE sessions SET used_at = :at WHERE secret_hash = :hash")
        .bind("at", at.toEpochMilli())
        .bind("hash", secretHash)
        .execute();
  }

  void delete(Transaction transaction, String secretHash) {
    transaction
        .createUpdate("DELETE FROM sessions WHERE secret_hash = :hash")
        .bind("hash", secretHash)
        .execute();
  }

  void deleteOf(Transaction transaction, String name) {
    transaction
        .createUpdate("DELETE FROM sessions WHERE name_key = :key")
        .bind("key", Account.key(name))
        .execute();
  }

  /// Removes sessions that began before `createdBefore` or were last used before `usedBefore`.
  void deleteExpired(Transaction transaction, Instant createdBefore, Instant usedBefore) {
    transaction
        .createUpdate("DELETE FROM sessions WHERE created_at < :created OR used_at < :used")
        .bind("created", createdBefore.toEpochMilli())
        .bind("used", usedBefore.toEpochMilli())
        .execute();
  }

  private static Row row(ResultSet row, StatementContext context) throws SQLException {
    return new Row(
        row.getString("name"),
        Role.of(row.getString("role")).orElseThrow(),
        Instant.ofEpochMilli(row.getLong("created_at")),
        Instant.ofEpochMilli(row.getLong("used_at")));
  }
}
