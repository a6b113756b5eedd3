package io.evenkeel.hub.hosts;

import io.evenkeel.hub.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The hosts in the settings database.
final class HostStore {
  /// A host as it is kept.
  ///
  /// @param lastSampleAtMillis the newest sample's time when the row was written
  record Row(
      String id, String name, HostFacts facts, @Nullable Long lastSampleAtMillis, boolean self) {}

  /// Every known host.
  List<Row> all(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM hosts ORDER BY name")
        .map((row, context) -> read(row))
        .list();
  }

  private static Row read(ResultSet row) throws SQLException {
    return new Row(
        row.getString("id"),
        row.getString("name"),
        new HostFacts(
            row.getString("os"),
            row.getString("kernel"),
            row.getString("arch"),
            integer(row, "cores"),
            number(row, "memory_bytes"),
            number(row, "booted_at"),
            row.getString("agent_version")),
        number(row, "last_sample_at"),
        row.getBoolean("self"));
  }

  private static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  private static @Nullable Integer integer(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? null : value;
  }

  /// Gives a host another name.
  void rename(Transaction transaction, String id, String name) {
    transaction.execute("UPDATE hosts SET name = ? WHERE id = ?", name, id);
  }

  /// Removes a host.
  void delete(Transaction transaction, String id) {
    transaction.execute("DELETE FROM hosts WHERE id = ?", id);
  }

  /// Adds a host or updates what is known of it.
  void save(Transaction transaction, Row row, long nowMillis) {
    HostFacts facts = row.facts();
    transaction
        .createUpdate(
            "INSERT INTO hosts (id, name, os, kernel, arch, cores, memory_bytes, booted_at,"
                + " agent_version, last_sample_at, self, created_at) VALUES (:id, :name, :os,"
                + " :kernel, :arch, :cores, :memory, :booted, :agent, :last, :self, :now)"
                + " ON CONFLICT (id) DO UPDATE SET os = excluded.os, kernel = excluded.kernel,"
                + " arch = excluded.arch, cores = excluded.cores, memory_bytes ="
                + " excluded.memory_bytes, booted_at = excluded.booted_at, agent_version ="
                + " excluded.agent_version, last_sample_at = excluded.last_sample_at, self ="
                + " excluded.self")
        .bind("id", row.id())
        .bind("name", row.name())
        .bind("os", facts.os())
        .bind("kernel", facts.kernel())
        .bind("arch", facts.arch())
        .bind("cores", facts.cores())
        .bind("memory", facts.memoryBytes())
        .bind("booted", facts.bootedAtMillis())
        .bind("agent", facts.agentVersion())
        .bind("last", row.lastSampleAtMillis())
        .bind("self", row.self())
        .bind("now", nowMillis)
        .execute();
  }
}
