package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Transaction;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.Map;
import java.util.TreeMap;

/// What each person chose for the pages (theme, language, …), in the settings database.
public final class PreferenceStore {
  /// The choices of an account by key.
  public Map<String, String> of(Transaction transaction, String name) {
    Map<String, String> choices = new TreeMap<>();
    transaction
        .createQuery("SELECT key, value FROM preferences WHERE name_key = :name")
        .bind("name", Account.key(name))
        .map((row, context) -> new SimpleImmutableEntry<>(row.getString(1), row.getString(2)))
        .forEach(choice -> choices.put(choice.getKey(), choice.getValue()));
    return choices;
  }

  /// Replaces all choices of an account.
  public void replace(Transaction transaction, String name, Map<String, String> choices) {
    String key = Account.key(name);
    transaction
        .createUpdate("DELETE FROM preferences WHERE name_key = :name")
        .bind("name", key)
        .execute();
    choices.forEach((choice, value) ->
        transaction
            .createUpdate(
                "INSERT INTO preferences (name_key, key, value) VALUES (:name, :key, :value)")
            .bind("name", key)
            .bind("key", choice)
            .bind("value", value)
            .execute());
  }
}
