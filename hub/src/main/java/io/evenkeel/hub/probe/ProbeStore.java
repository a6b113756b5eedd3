package io.evenkeel.hub.probe;

import io.evenkeel.hub.db.Transaction;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The probes in the settings database.
final class ProbeStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// All probes by their ids, in the order of their names.
  Map<String, ProbeForm> all(Transaction transaction) {
    Map<String, ProbeForm> all = new LinkedHashMap<>();
    transaction
        .createQuery("SELECT id, form FROM probes ORDER BY name")
        .map((row, _) ->
            Map.entry(row.getString("id"), JSON.readValue(row.getString("form"), ProbeForm.class)))
        .forEach(one -> all.put(one.getKey(), one.getValue()));
    return all;
  }

  /// Keeps a probe, instead of what it was before.
  void put(Transaction transaction, String id, ProbeForm form) {
    transaction
        .createUpdate(
            "INSERT INTO probes (id, name, form) VALUES (:id, :name, :form)"
                + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, form = excluded.form")
        .bind("id", id)
        .bind("name", form.name())
        .bind("form", JSON.writeValueAsString(form))
        .execute();
  }

  void delete(Transaction transaction, String id) {
    transaction.createUpdate("DELETE FROM probes WHERE id = :id").bind("id", id).execute();
  }
}
