package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/// The API tokens in the settings database, by the hash of their secret.
public final class ApiTokenStore {
  /// All tokens, newest first; also expired ones, until they are revoked.
  List<ApiToken> all(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM api_tokens ORDER BY created_at DESC, id")
        .map(ApiTokenStore::token)
        .list();
  }

  Optional<ApiToken> findBySecretHash(Transaction transaction, String secretHash) {
    return transaction
        .createQuery("SELECT * FROM api_tokens WHERE secret_hash = :hash")
        .bind("hash", secretHash)
        .map(ApiTokenStore::token)
        .findOne();
  }

  Optional<ApiToken> find(Transaction transaction, String id) {
    return transaction
        .createQuery("SELECT * FROM api_tokens WHERE id = :id")
        .bind("id", id)
        .map(ApiTokenStore::token)
        .findOne();
  }

  void insert(Transaction transaction, ApiToken token, String secretHash) {
    transaction
        .createUpdate(
            "INSERT INTO api_tokens (id, name, role, scope, secret_hash, created_at, expires_at)"
                + " VALUES (:id, :name, :role, :scope, :hash, :created, :expires)")
        .bind("id", token.id())
        .bind("name", token.name())
        .bind("role", token.role().wireName())
        .bind("scope", token.scope().wireName())
        .bind("hash", secretHash)
        .bind("created", token.createdAt().toEpochMilli())
        .bind("expires", token.expiresAt().toEpochMilli())
        .execute();
  }

  void used(Transaction transaction, String id, Instant at) {
    transaction
        .createUpdate("UPDATE api_tokens SET last_used_at = :at WHERE id = :id")
        .bind("at", at.toEpochMilli())
        .bind("id", id)
        .execute();
  }

  boolean delete(Transaction transaction, String id) {
    return transaction
            .createUpdate("DELETE FROM api_tokens WHERE id = :id")
            .bind("id", id)
            .execute()
        > 0;
  }

  private static ApiToken token(ResultSet row, StatementContext context) throws SQLException {
    long lastUsed = row.getLong("last_used_at");
    return new ApiToken(
        row.getString("id"),
        row.getString("name"),
        Role.of(row.getString("role")).orElseThrow(),
        Scope.of(row.getString("scope")).orElseThrow(),
        Instant.ofEpochMilli(row.getLong("created_at")),
        Instant.ofEpochMilli(row.getLong("expires_at")),
        lastUsed == 0 ? null : Instant.ofEpochMilli(lastUsed));
  }
}
