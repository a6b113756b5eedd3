package io.evenkeel.hub.settings;

import io.evenkeel.hub.db.Transaction;
import java.util.Optional;

/// Single values by key in the settings database.
public final class SettingStore {
  /// The value of a key; empty when it was never set.
  public Optional<String> find(Transaction transaction, String key) {
    return transaction
        .createQuery("SELECT value FROM settings WHERE key = :key")
        .bind("key", key)
        .mapTo(String.class)
        .findOne();
  }

  /// Sets a key.
  public void put(Transaction transaction, String key, String value) {
    transaction
        .createUpdate(
            "INSERT INTO settings (key, value) VALUES (:key, :value)"
                + " ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind("key", key)
        .bind("value", value)
        .execute();
  }
}
