package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/// The accounts in the settings database.
public final class AccountStore {
  /// Whether there is any account.
  public boolean any(Transaction transaction) {
    return transaction.createQuery("SELECT COUNT(*) FROM accounts").mapTo(Integer.class).one() > 0;
  }

  /// All accounts by name.
  public List<Account> all(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM accounts ORDER BY name_key")
        .map(AccountStore::account)
        .list();
  }

  /// The account of a name, whatever its case.
  public Optional<Account> find(Transaction transaction, String name) {
    return transaction
        .createQuery("SELECT * FROM accounts WHERE name_key = :key")
        .bind("key", Account.key(name))
        .map(AccountStore::account)
        .findOne();
  }

  /// How many accounts have a role.
  public int count(Transaction transaction, Role role) {
    return transaction
        .createQuery("SELECT COUNT(*) FROM accounts WHERE role = :role")
        .bind("role", role.wireName())
        .mapTo(Integer.class)
        .one();
  }

  /// Adds an account; its name must be free.
  public void insert(Transaction transaction, Account account) {
    transaction
        .createUpdate(
            "INSERT INTO accounts (name_key, name, role, password_hash, created_at)"
                + " VALUES (:key, :name, :role, :hash, :at)")
        .bind("key", account.key())
        .bind("name", account.name())
        .bind("role", account.role().wireName())
        .bind("hash", account.passwordHash())
        .bind("at", account.createdAt().toEpochMilli())
        .execute();
  }

  /// Removes an account with its sessions and preferences; false when there was none.
  public boolean delete(Transaction transaction, String name) {
    return transaction
            .createUpdate("DELETE FROM accounts WHERE name_key = :key")
            .bind("key", Account.key(name))
            .execute()
        > 0;
  }

  /// Gives an account another role; false when there is none.
  public boolean setRole(Transaction transaction, String name, Role role) {
    return transaction
            .createUpdate("UPDATE accounts SET role = :role WHERE name_key = :key")
            .bind("role", role.wireName())
            .bind("key", Account.key(name))
            .execute()
        > 0;
  }

  /// Gives an account another password; false when there is none.
  public boolean setPassword(Transaction transaction, String name, String passwordHash) {
    return transaction
            .createUpdate("UPDATE accounts SET password_hash = :hash WHERE name_key = :key")
            .bind("hash", passwordHash)
            .bind("key", Account.key(name))
            .execute()
        > 0;
  }

  /// Notes a login.
  public void loggedIn(Transaction transaction, String name, Instant at) {
    transaction
        .createUpdate("UPDATE accounts SET last_login_at = :at WHERE name_key = :key")
        .bind("at", at.toEpochMilli())
        .bind("key", Account.key(name))
        .execute();
  }

  private static Account account(ResultSet row, StatementContext context) throws SQLException {
    long lastLogin = row.getLong("last_login_at");
    return new Account(
        row.getString("name"),
        Role.of(row.getString("role")).orElseThrow(),
        row.getString("password_hash"),
        Instant.ofEpochMilli(row.getLong("created_at")),
        lastLogin == 0 ? null : Instant.ofEpochMilli(lastLogin));
  }
}
