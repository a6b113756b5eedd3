package io.evenkeel.hub.enrolment;

import io.evenkeel.hub.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tokens and enrolled agents in the settings database.
final class EnrolmentStore {
  private static final String SEPARATOR = "\n";

  /// A token with the hash of its secret.
  record KeyRow(EnrolmentKey key, String secretHash) {}

  List<EnrolmentKey> keys(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM enrolment_tokens ORDER BY created_at DESC, id")
        .map((row, context) -> key(row).key)
        .list();
  }

  Optional<KeyRow> key(Transaction transaction, String id) {
    return transaction
        .createQuery("SELECT * FROM enrolment_tokens WHERE id = :id")
        .bind("id", id)
        .map((row, context) -> key(row))
        .findOne();
  }

  private static KeyRow key(ResultSet row) throws SQLException {
    return new KeyRow(
        new EnrolmentKey(
            row.getString("id"),
            row.getString("name"),
            row.getInt("uses_left"),
            row.getString("network"),
            row.getString("created_by"),
            Instant.ofEpochMilli(row.getLong("created_at")),
            Instant.ofEpochMilli(row.getLong("expires_at"))),
        row.getString("secret_hash"));
  }

  void insert(Transaction transaction, EnrolmentKey key, String secretHash) {
    transaction
        .createUpdate(
            "INSERT INTO enrolment_tokens (id, name, secret_hash, uses_left, network, created_by,"
                + " created_at, expires_at) VALUES (:id, :name, :hash, :uses, :network, :by,"
                + " :created, :expires)")
        .bind("id", key.id())
        .bind("name", key.name())
        .bind("hash", secretHash)
        .bind("uses", key.usesLeft())
        .bind("network", key.network())
        .bind("by", key.createdBy())
        .bind("created", key.createdAt().toEpochMilli())
        .bind("expires", key.expiresAt().toEpochMilli())
        .execute();
  }

  void use(Transaction transaction, String id) {
    transaction.execute("UPDATE enrolment_tokens SET uses_left = uses_left - 1 WHERE id = ?", id);
  }

  boolean deleteKey(Transaction transaction, String id) {
    return transaction.execute("DELETE FROM enrolment_tokens WHERE id = ?", id) > 0;
  }

  /// Removes tokens that ended long ago.
  void forgetKeysBefore(Transaction transaction, Instant end) {
    transaction.execute("DELETE FROM enrolment_tokens WHERE expires_at < ?", end.toEpochMilli());
  }

  List<EnrolledAgent> agents(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM agents ORDER BY instance")
        .map((row, context) -> agent(row))
        .list();
  }

  private static EnrolledAgent agent(ResultSet row) throws SQLException {
    long retired = row.getLong("retired_at");
    Instant retiredAt = row.wasNull() ? null : Instant.ofEpochMilli(retired);
    return new EnrolledAgent(
        row.getString("host_id"),
        row.getString("instance"),
        Set.copyOf(list(row.getString("former"))),
        row.getString("machine"),
        list(row.getString("serials")),
        Instant.ofEpochMilli(row.getLong("expires_at")),
        Instant.ofEpochMilli(row.getLong("enrolled_at")),
        row.getString("token"),
        retiredAt);
  }

  private static List<String> list(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(SEPARATOR, -1));
  }

  /// Adds an agent or puts it in the place of the one with its host id.
  void put(Transaction transaction, EnrolledAgent agent) {
    Instant retired = agent.retiredAt();
    transaction
        .createUpdate(
            "INSERT OR REPLACE INTO agents (host_id, instance, former, machine, serials,"
                + " expires_at, enrolled_at, token, retired_at) VALUES (:id, :instance, :former,"
                + " :machine, :serials, :expires, :enrolled, :token, :retired)")
        .bind("id", agent.hostId())
        .bind("instance", agent.instance())
        .bind("former", String.join(SEPARATOR, agent.former()))
        .bind("machine", agent.machine())
        .bind("serials", String.join(SEPARATOR, agent.serials()))
        .bind("expires", agent.expiresAt().toEpochMilli())
        .bind("enrolled", agent.enrolledAt().toEpochMilli())
        .bind("token", agent.token())
        .bind("retired", retired == null ? null : Long.valueOf(retired.toEpochMilli()))
        .execute();
  }

  void deleteAgent(Transaction transaction, String hostId) {
    transaction.execute("DELETE FROM agents WHERE host_id = ?", hostId);
  }
}
