package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/// Accounts in the settings database.
public final class AccountStore {
  private static final RowMapper<Account> ACCOUNT =
      (row, context) -> {
        long lastLogin = row.getLong("last_login_at");
        return new Account(
            row.getString("name"),
            Role.valueOf(row.getString("role")),
            row.getLong("created_at"),
            row.wasNull() ? null : lastLogin);
      };

  private final Database database;

  public AccountStore(Database database) {
    this.database = database;
  }

  /// Whether nobody can log in yet.
  public boolean isEmpty() {
    return database.read(
        handle -> handle.createQuery("SELECT count(*) FROM account").mapTo(int.class).one() == 0);
  }

  public List<Account> list() {
    return database.read(handle ->
        handle
            .createQuery("SELECT name, role, created_at, last_login_at FROM account ORDER BY name")
            .map(ACCOUNT)
            .list());
  }

  public Optional<Account> find(String name) {
    return database.read(handle ->
        handle
            .createQuery(
                "SELECT name, role, created_at, last_login_at FROM account WHERE name = :name")
            .bind("name", name)
            .map(ACCOUNT)
            .findOne());
  }

  /// The stored password hash, or nothing when there is no such account.
  public Optional<String> passwordHash(String name) {
    return database.read(handle ->
        handle
            .createQuery("SELECT password_hash FROM account WHERE name = :name")
            .bind("name", name)
            .mapTo(String.class)
            .findOne());
  }

  /// Adds an account; false when the name is taken.
  public boolean add(String name, Role role, String passwordHash, long nowMillis) {
    return database.write(handle ->
        handle
            .createUpdate(
                "INSERT INTO account (name, role, password_hash, created_at)"
                    + " VALUES (:name, :role, :hash, :now) ON CONFLICT DO NOTHING")
            .bind("name", name)
            .bind("role", role.name())
            .bind("hash", passwordHash)
            .bind("now", nowMillis)
            .execute())
        == 1;
  }

  /// Removes an account and its sessions; false when there is none, or when it is the last
  /// administrator.
  public boolean remove(String name) {
    return database.write(handle ->
        handle
            .createUpdate(
                "DELETE FROM account WHERE name = :name AND (role <> 'ADMIN'"
                    + " OR (SELECT count(*) FROM account WHERE role = 'ADMIN') > 1)")
            .bind("name", name)
            .execute())
        == 1;
  }

  /// Changes a role; false when there is no such account, or when it is the last administrator's.
  public boolean setRole(String name, Role role) {
    return database.write(handle ->
        handle
            .createUpdate(
                "UPDATE account SET role = :role WHERE name = :name AND (role <> 'ADMIN' OR :role = 'ADMIN'"
                    + " OR (SELECT count(*) FROM account WHERE role = 'ADMIN') > 1)")
            .bind("name", name)
            .bind("role", role.name())
            .execute())
        == 1;
  }

  /// Changes a password and ends every session of the account.
  public boolean setPassword(String name, String passwordHash) {
    return database.write(handle -> {
      handle.createUpdate("DELETE FROM session WHERE account = :name").bind("name", name).execute();
      return handle
              .createUpdate("UPDATE account SET password_hash = :hash WHERE name = :name")
              .bind("name", name)
              .bind("hash", passwordHash)
              .execute()
          == 1;
    });
  }

  public void loggedIn(String name, long nowMillis) {
    database.write(handle ->
        handle
            .createUpdate("UPDATE account SET last_login_at = :now WHERE name = :name")
            .bind("name", name)
            .bind("now", nowMillis)
            .execute());
  }

  /// An account's preferences as a JSON object.
  public String preferences(String name) {
    return database.read(handle ->
        handle
            .createQuery("SELECT preferences FROM account WHERE name = :name")
            .bind("name", name)
            .mapTo(String.class)
            .findOne()
            .orElse("{}"));
  }

  public void setPreferences(String name, String json) {
    database.write(handle ->
        handle
            .createUpdate("UPDATE account SET preferences = :json WHERE name = :name")
            .bind("name", name)
            .bind("json", json)
            .execute());
  }
}
