package io.evenkeel.hub.diagnose;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.diagnose.finding.Finding;
import io.evenkeel.hub.diagnose.finding.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Findings in the settings database.
final class FindingStore {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /// Which findings; an empty host means every one.
  record Filter(String host, boolean openOnly, long fromMillis, long toMillis, int limit) {}

  List<HostFinding> open(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM findings WHERE ended_at IS NULL ORDER BY began_at, id")
        .map((row, _) -> finding(row))
        .list();
  }

  void insert(Transaction transaction, HostFinding one, Verdict verdict) {
    transaction
        .createUpdate(
            "INSERT INTO findings (id, host, cause, subject, began_at, seen_at, ended_at,"
                + " confidence, finding, verdict) VALUES (:id, :host, :cause, :subject, :began,"
                + " :seen, NULL, :confidence, :finding, :verdict)")
        .bind("id", one.id())
        .bind("host", one.host())
        .bind("cause", one.finding().cause().name())
        .bind("subject", one.finding().subject())
        .bind("began", one.beganAt())
        .bind("seen", one.seenAt())
        .bind("confidence", one.finding().confidence())
        .bind("finding", MAPPER.writeValueAsString(one.finding()))
        .bind("verdict", MAPPER.writeValueAsString(verdict))
        .execute();
  }

  void seen(Transaction transaction, String id, long atMillis) {
    transaction.execute("UPDATE findings SET seen_at = ? WHERE id = ?", atMillis, id);
  }

  /// Replaces the details by those of a clearer turn.
  void clearer(Transaction transaction, String id, Finding finding, Verdict verdict) {
    transaction.execute(
        "UPDATE findings SET confidence = ?, finding = ?, verdict = ? WHERE id = ?",
        finding.confidence(),
        MAPPER.writeValueAsString(finding),
        MAPPER.writeValueAsString(verdict),
        id);
  }

  void end(Transaction transaction, String id, long atMillis) {
    transaction.execute("UPDATE findings SET ended_at = ? WHERE id = ?", atMillis, id);
  }

  void forgetEndedBefore(Transaction transaction, long beforeMillis) {
    transaction.execute("DELETE FROM findings WHERE ended_at < ?", beforeMillis);
  }

  /// Those that were there at some time of a closed interval, the newest first.
  List<HostFinding> search(Transaction transaction, Filter filter) {
    return transaction
        .createQuery(
            "SELECT * FROM findings WHERE (:host = '' OR host = :host)"
                + " AND began_at <= :to AND (ended_at IS NULL OR ended_at >= :from)"
                + (filter.openOnly() ? " AND ended_at IS NULL" : "")
                + " ORDER BY ended_at IS NOT NULL, began_at DESC, id LIMIT :limit")
        .bind("host", filter.host())
        .bind("from", filter.fromMillis())
        .bind("to", filter.toMillis())
        .bind("limit", filter.limit())
        .map((row, _) -> finding(row))
        .list();
  }

  Optional<HostFinding.Detail> find(Transaction transaction, String id) {
    return transaction
        .createQuery("SELECT * FROM findings WHERE id = :id")
        .bind("id", id)
        .map((row, _) -> {
          Verdict verdict = MAPPER.readValue(row.getString("verdict"), Verdict.class);
          return new HostFinding.Detail(
              finding(row), verdict.exonerated(), verdict.unknown(), verdict.notes());
        })
        .findOne();
  }

  private static HostFinding finding(ResultSet row) throws SQLException {
    long ended = row.getLong("ended_at");
    boolean open = row.wasNull();
    return new HostFinding(
        row.getString("id"),
        row.getString("host"),
        row.getLong("began_at"),
        row.getLong("seen_at"),
        open ? null : Long.valueOf(ended),
        MAPPER.readValue(row.getString("finding"), Finding.class));
  }
}
