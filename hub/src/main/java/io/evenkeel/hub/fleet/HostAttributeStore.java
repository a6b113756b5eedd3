package io.evenkeel.hub.fleet;

import io.evenkeel.hub.db.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What people say of hosts, in the settings database.
final class HostAttributeStore {
  /// All of it, by the hosts' ids.
  Map<String, HostAttributes> all(Transaction transaction) {
    Map<String, HostAttributes> all = new HashMap<>();
    transaction
        .createQuery("SELECT * FROM host_attributes")
        .map((row, _) ->
            Map.entry(
                row.getString("host_id"),
                new HostAttributes(
                    row.getString("host_group"),
                    row.getString("owner"),
                    List.of(row.getString("tags").split(",", -1)))))
        .forEach(entry -> all.put(entry.getKey(), entry.getValue()));
    return all;
  }

  /// Keeps what is said of a host that the database knows; what says nothing is removed.
  void put(Transaction transaction, String hostId, HostAttributes attributes) {
    if (attributes.saysNothing()) {
      transaction.execute("DELETE FROM host_attributes WHERE host_id = ?", hostId);
      return;
    }
    transaction
        .createUpdate(
            "INSERT INTO host_attributes (host_id, host_group, owner, tags)"
                + " VALUES (:host, :group, :owner, :tags) ON CONFLICT (host_id) DO UPDATE SET"
                + " host_group = excluded.host_group, owner = excluded.owner,"
                + " tags = excluded.tags")
        .bind("host", hostId)
        .bind("group", attributes.group())
        .bind("owner", attributes.owner())
        .bind("tags", String.join(",", attributes.tags()))
        .execute();
  }
}
