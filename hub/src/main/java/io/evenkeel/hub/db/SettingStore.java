package io.evenkeel.hub.db;

import java.util.Optional;

/// Single settings by name, such as the collection period.
public final class SettingStore {
  private final Database database;

  public SettingStore(Database database) {
    this.database = database;
  }

  /// A setting's value, or nothing when it was never set.
  public Optional<String> get(String name) {
    return database.read(handle ->
        handle
            .createQuery("SELECT value FROM setting WHERE name = :name")
            .bind("name", name)
            .mapTo(String.class)
            .findOne());
  }

  /// Sets a value for good.
  public void put(String name, String value) {
    database.write(handle ->
        handle
            .createUpdate(
                "INSERT INTO setting (name, value) VALUES (:name, :value)"
                    + " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
            .bind("name", name)
            .bind("value", value)
            .execute());
  }
}
