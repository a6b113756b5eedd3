package io.evenkeel.hub.alert;

import io.evenkeel.hub.alert.AlertState.Phase;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.model.Labels;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.json.JsonMapper;

/// The alerts' states, the rules of the pages and the imported files in the settings database.
public final class AlertStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// A rule file as it was imported.
  public record StoredFile(String name, String content, long updatedAt) {}

  static String fingerprint(Labels labels) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(labels.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  List<AlertState> states(Transaction transaction) {
    return transaction.createQuery("SELECT * FROM alert_states").map(AlertStore::state).list();
  }

  void save(Transaction transaction, Collection<AlertState> states) {
    if (states.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        transaction.prepareBatch(
            "INSERT INTO alert_states (rule_id, fingerprint, labels, annotations, state, no_data,"
                + " active_at, fired_at, last_true_at, value) VALUES (:rule, :print, :labels,"
                + " :annotations, :state, :noData, :active, :fired, :true, :value)"
                + " ON CONFLICT (rule_id, fingerprint) DO UPDATE SET state = excluded.state,"
                + " annotations = excluded.annotations, no_data = excluded.no_data,"
                + " active_at = excluded.active_at, fired_at = excluded.fired_at,"
                + " last_true_at = excluded.last_true_at, value = excluded.value");
    for (AlertState state : states) {
      batch
          .bind("rule", state.ruleId())
          .bind("print", state.fingerprint())
          .bind("labels", JSON.writeValueAsString(state.labels().toMap()))
          .bind("annotations", JSON.writeValueAsString(state.annotations()))
          .bind("state", state.phase().name())
          .bind("noData", state.noData())
          .bind("active", state.activeAt())
          .bind("fired", state.firedAt())
          .bind("true", state.lastTrueAt())
          .bind("value", Double.isNaN(state.value()) ? null : Double.valueOf(state.value()))
          .add();
    }
    batch.execute();
  }

  void remove(Transaction transaction, Collection<AlertState> states) {
    if (states.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        transaction.prepareBatch(
            "DELETE FROM alert_states WHERE rule_id = :rule AND fingerprint = :print");
    for (AlertState state : states) {
      batch.bind("rule", state.ruleId()).bind("print", state.fingerprint()).add();
    }
    batch.execute();
  }

  private static AlertState state(ResultSet row, StatementContext context) throws SQLException {
    double value = row.getDouble("value");
    boolean missing = row.wasNull();
    return new AlertState(
        row.getString("rule_id"),
        Labels.of(texts(row.getString("labels"))),
        texts(row.getString("annotations")),
        Phase.valueOf(row.getString("state")),
        row.getBoolean("no_data"),
        row.getLong("active_at"),
        row.getLong("fired_at"),
        row.getLong("last_true_at"),
        missing ? Double.NaN : value);
  }

  static Map<String, String> texts(String json) {
    Map<String, String> texts = new LinkedHashMap<>();
    JSON.readTree(json).forEachEntry((key, value) -> texts.put(key, value.asString()));
    return texts;
  }

  List<StoredFile> files(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM rule_files ORDER BY name")
        .map((row, context) ->
            new StoredFile(
                row.getString("name"), row.getString("content"), row.getLong("updated_at")))
        .list();
  }

  void saveFile(Transaction transaction, StoredFile file) {
    transaction
        .createUpdate(
            "INSERT INTO rule_files (name, content, updated_at) VALUES (:name, :content, :at)"
                + " ON CONFLICT (name) DO UPDATE SET content = excluded.content,"
                + " updated_at = excluded.updated_at")
        .bind("name", file.name())
        .bind("content", file.content())
        .bind("at", file.updatedAt())
        .execute();
  }

  boolean removeFile(Transaction transaction, String name) {
    return transaction
            .createUpdate("DELETE FROM rule_files WHERE name = :name")
            .bind("name", name)
            .execute()
        > 0;
  }

  List<RuleEntry.Stored> entries(Transaction transaction) {
    return transaction
        .createQuery("SELECT id, definition FROM alert_rules ORDER BY id")
        .map((row, context) ->
            new RuleEntry.Stored(
                row.getString("id"), JSON.readValue(row.getString("definition"), RuleEntry.class)))
        .list();
  }

  void saveEntry(Transaction transaction, String id, RuleEntry entry, long now) {
    transaction
        .createUpdate(
            "INSERT INTO alert_rules (id, definition, updated_at) VALUES (:id, :definition, :at)"
                + " ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,"
                + " updated_at = excluded.updated_at")
        .bind("id", id)
        .bind("definition", JSON.writeValueAsString(entry))
        .bind("at", now)
        .execute();
  }

  boolean removeEntry(Transaction transaction, String id) {
    return transaction
            .createUpdate("DELETE FROM alert_rules WHERE id = :id")
            .bind("id", id)
            .execute()
        > 0;
  }

  Set<String> disabled(Transaction transaction) {
    return Set.copyOf(
        transaction.createQuery("SELECT id FROM disabled_rules").mapTo(String.class).list());
  }

  void disable(Transaction transaction, String id, boolean off) {
    transaction.createUpdate("DELETE FROM disabled_rules WHERE id = :id").bind("id", id).execute();
    if (off) {
      transaction
          .createUpdate("INSERT INTO disabled_rules (id) VALUES (:id)")
          .bind("id", id)
          .execute();
    }
  }
}
