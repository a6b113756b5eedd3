package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Who changed what: an append-only chain in which every entry carries the digest of itself and the
/// one before, so that a later alteration shows.
public final class AuditLog {
  private static final String BEGINNING = "0".repeat(64);

  /// One entry. `at` is epoch milliseconds.
  public record Entry(
      long sequence,
      long at,
      String actor,
      String action,
      String target,
      String detail,
      String hash) {}

  private final Database database;
  private final InstantSource clock;

  public AuditLog(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// Adds an entry and returns once it is on disk.
  public void add(String actor, String action, String target, String detail) {
    long now = clock.millis();
    database.write(handle -> {
      Optional<Entry> last = newest(handle);
      long sequence = last.map(Entry::sequence).orElse(0L) + 1;
      String before = last.map(Entry::hash).orElse(BEGINNING);
      return handle.execute(
          "INSERT INTO audit (sequence, at, actor, action, target, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
          sequence,
          now,
          actor,
          action,
          target,
          detail,
          digest(before, sequence, now, actor, action, target, detail));
    });
  }

  private static Optional<Entry> newest(Handle handle) {
    return handle
        .createQuery("SELECT * FROM audit ORDER BY sequence DESC LIMIT 1")
        .map((row, context) -> entry(row))
        .findOne();
  }

  /// The newest entries, newest first.
  public List<Entry> newest(int limit) {
    return database.read(handle ->
        handle
            .createQuery("SELECT * FROM audit ORDER BY sequence DESC LIMIT :limit")
            .bind("limit", limit)
            .map((row, context) -> entry(row))
            .list());
  }

  /// The first entry that does not follow from the one before it, or nothing when the chain is
  /// whole.
  public Optional<Entry> firstBroken() {
    List<Entry> all =
        database.read(handle ->
            handle
                .createQuery("SELECT * FROM audit ORDER BY sequence")
                .map((row, context) -> entry(row))
                .list());
    String before = BEGINNING;
    long expected = 1;
    for (Entry entry : all) {
      String digest =
          digest(
              before,
              entry.sequence,
              entry.at,
              entry.actor,
              entry.action,
              entry.target,
              entry.detail);
      if (entry.sequence != expected++ || !digest.equals(entry.hash)) {
        return Optional.of(entry);
      }
      before = entry.hash;
    }
    return Optional.empty();
  }

  private static String digest(
      String before,
      long sequence,
      long at,
      String actor,
      String action,
      String target,
      String detail) {
    // Lengths keep fields apart whatever they hold.
    StringBuilder text = new StringBuilder(before).append(sequence).append(' ').append(at);
    for (String field : List.of(actor, action, target, detail)) {
      text.append(' ').append(field.length()).append(':').append(field);
    }
    return Secrets.sha256(text.toString());
  }

  private static Entry entry(java.sql.ResultSet row) throws java.sql.SQLException {
    return new Entry(
        row.getLong("sequence"),
        row.getLong("at"),
        row.getString("actor"),
        row.getString("action"),
        row.getString("target"),
        row.getString("detail"),
        row.getString("hash"));
  }
}
