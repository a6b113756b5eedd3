package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.model.audit.HashChain;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/// The audit log: append-only, each line chained to the one before by its hash.
///
/// A line is appended in the transaction of the change it tells of, so neither exists without the
/// other. The chain shows any line that was altered, removed from the middle or put in; lines cut
/// off the end are found only by comparing with a last hash kept elsewhere, which [Verdict.Intact]
/// names.
public final class AuditStore {
  private final InstantSource clock;

  public AuditStore(InstantSource clock) {
    this.clock = clock;
  }

  /// What checking the whole chain found.
  public sealed interface Verdict {
    /// Every line is as it was written.
    record Intact(long entries, String lastHash) implements Verdict {}

    /// The line `seq` is not what was written there, or lines before it are missing.
    record Broken(long seq, String reason) implements Verdict {}
  }

  /// Appends a line, in a write transaction.
  public void append(
      Transaction transaction, String actor, String action, String target, String detail) {
    Optional<AuditEntry> last =
        transaction
            .createQuery("SELECT * FROM audit ORDER BY seq DESC LIMIT 1")
            .map(AuditStore::entry)
            .findOne();
    String previousHash = last.map(AuditEntry::hash).orElse(HashChain.GENESIS);
    AuditEntry entry =
        new AuditEntry(
            last.map(AuditEntry::seq).orElse(0L) + 1,
            Instant.ofEpochMilli(clock.millis()),
            actor,
            action,
            target,
            detail,
            "");
    transaction
        .createUpdate(
            "INSERT INTO audit (seq, at, actor, action, target, detail, previous_hash, hash)"
                + " VALUES (:seq, :at, :actor, :action, :target, :detail, :previous, :hash)")
        .bind("seq", entry.seq())
        .bind("at", entry.at().toEpochMilli())
        .bind("actor", actor)
        .bind("action", action)
        .bind("target", target)
        .bind("detail", detail)
        .bind("previous", previousHash)
        .bind("hash", entry.expectedHash(previousHash))
        .execute();
  }

  /// The newest lines, newest first.
  public List<AuditEntry> newest(Transaction transaction, int limit) {
    return transaction
        .createQuery("SELECT * FROM audit ORDER BY seq DESC LIMIT :limit")
        .bind("limit", limit)
        .map(AuditStore::entry)
        .list();
  }

  /// Checks every line of the chain.
  public Verdict verify(Transaction transaction) {
    String previousHash = HashChain.GENESIS;
    long seq = 0;
    try (var entries =
        transaction
            .createQuery("SELECT * FROM audit ORDER BY seq")
            .map(AuditStore::entry)
            .stream()) {
      for (Iterator<AuditEntry> each = entries.iterator(); each.hasNext(); ) {
        AuditEntry entry = each.next();
        seq++;
        if (entry.seq() != seq) {
          return new Verdict.Broken(seq, "the line is missing");
        }
        if (!entry.expectedHash(previousHash).equals(entry.hash())) {
          return new Verdict.Broken(seq, "the line does not fit its hash");
        }
        previousHash = entry.hash();
      }
    }
    return new Verdict.Intact(seq, previousHash);
  }

  private static AuditEntry entry(ResultSet row, StatementContext context) throws SQLException {
    return new AuditEntry(
        row.getLong("seq"),
        Instant.ofEpochMilli(row.getLong("at")),
        row.getString("actor"),
        row.getString("action"),
        row.getString("target"),
        row.getString("detail"),
        row.getString("hash"));
  }
}
