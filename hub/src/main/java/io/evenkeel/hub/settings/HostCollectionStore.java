package io.evenkeel.hub.settings;

import io.evenkeel.hub.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How single hosts and groups are measured, in the settings database.
final class HostCollectionStore {
  /// All of it.
  Map<HostCollections.Key, HostCollection> all(Transaction transaction) {
    Map<HostCollections.Key, HostCollection> all = new HashMap<>();
    transaction
        .createQuery("SELECT * FROM collection_settings")
        .map((row, _) ->
            Map.entry(
                new HostCollections.Key(
                    HostCollections.Scope.of(row.getString("scope")), row.getString("target")),
                read(row)))
        .forEach(entry -> all.put(entry.getKey(), entry.getValue()));
    return all;
  }

  private static HostCollection read(ResultSet row) throws SQLException {
    int seconds = row.getInt("period_seconds");
    Integer period = row.wasNull() ? null : seconds;
    String off = row.getString("switched_off");
    return new HostCollection(
        period, off == null ? null : off.isEmpty() ? List.of() : List.of(off.split(",", -1)));
  }

  /// Keeps what holds for a host or a group; what says nothing is removed.
  void put(Transaction transaction, HostCollections.Key key, HostCollection collection) {
    if (collection.equals(HostCollection.INHERITED)) {
      transaction.execute(
          "DELETE FROM collection_settings WHERE scope = ? AND target = ?",
          key.scope().word(),
          key.target());
      return;
    }
    List<String> off = collection.switchedOff();
    transaction
        .createUpdate(
            "INSERT INTO collection_settings (scope, target, period_seconds, switched_off)"
                + " VALUES (:scope, :target, :period, :off) ON CONFLICT (scope, target) DO UPDATE"
                + " SET period_seconds = excluded.period_seconds,"
                + " switched_off = excluded.switched_off")
        .bind("scope", key.scope().word())
        .bind("target", key.target())
        .bind("period", collection.periodSeconds())
        .bind("off", off == null ? null : String.join(",", off))
        .execute();
  }
}
