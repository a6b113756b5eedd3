package io.evenkeel.hub.notify;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.notify.OutboxRow.State;
import io.evenkeel.hub.notify.channel.Language;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Recipient;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;

/// The outbox in the settings database.
final class OutboxStore {
  /// Puts messages in; one that is there already stays as it is.
  void insert(Transaction transaction, List<OutboxRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        transaction.prepareBatch(
            "INSERT INTO outbox (message_key, incident_id, sequence, channel_id, address, language,"
                + " kind, priority, notice, event_at, created_at, next_try_at, attempts, state,"
                + " answer, fallback_of, fallen_back) VALUES (:key, :incident, :sequence, :channel,"
                + " :address, :language, :kind, :priority, :notice, :event, :created, :next, 0,"
                + " 'queued', '', :fallbackOf, FALSE) ON CONFLICT (message_key) DO NOTHING");
    for (OutboxRow row : rows) {
      batch
          .bind("key", row.key())
          .bind("incident", row.notice().incidentId())
          .bind("sequence", row.notice().sequence())
          .bind("channel", row.channelId())
          .bind("address", row.recipient().address())
          .bind("language", row.recipient().language().code())
          .bind("kind", word(row.notice().kind()))
          .bind("priority", priority(row.notice()))
          .bind("notice", NotifyJson.write(row.notice()))
          .bind("event", row.eventAt())
          .bind("created", row.createdAt())
          .bind("next", row.nextTryAt())
          .bind("fallbackOf", row.fallbackOf())
          .add();
    }
    batch.execute();
  }

  /// Critical before warning before the rest.
  private static int priority(Notice notice) {
    return switch (notice.severity()) {
      case "critical" -> 0;
      case "warning" -> 1;
      default -> 2;
    };
  }

  /// The next message of a channel that is due.
  Optional<OutboxRow> nextDue(Transaction transaction, String channelId, long now) {
    return transaction
        .createQuery(
            "SELECT * FROM outbox WHERE channel_id = :channel AND state = 'queued'"
                + " AND next_try_at <= :now ORDER BY priority, created_at, sequence LIMIT 1")
        .bind("channel", channelId)
        .bind("now", now)
        .map(OutboxStore::row)
        .findOne();
  }

  /// When the next message of a channel becomes due.
  OptionalLong nextTry(Transaction transaction, String channelId) {
    return transaction
        .createQuery(
            "SELECT MIN(next_try_at) FROM outbox WHERE channel_id = :channel AND state = 'queued'")
        .bind("channel", channelId)
        .mapTo(Long.class)
        .findOne()
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /// All queued messages about an incident to the same recipient through the same channel, oldest
  /// first.
  List<OutboxRow> siblings(Transaction transaction, OutboxRow row) {
    return transaction
        .createQuery(
            "SELECT * FROM outbox WHERE incident_id = :incident AND channel_id = :channel"
                + " AND address = :address AND state = 'queued' ORDER BY sequence, created_at")
        .bind("incident", row.notice().incidentId())
        .bind("channel", row.channelId())
        .bind("address", row.recipient().address())
        .map(OutboxStore::row)
        .list();
  }

  void merged(Transaction transaction, String key, String intoKey, long now) {
    transaction
        .createUpdate(
            "UPDATE outbox SET state = 'merged', answer = :into, ended_at = :now"
                + " WHERE message_key = :key")
        .bind("key", key)
        .bind("into", intoKey)
        .bind("now", now)
        .execute();
  }

  /// Changes what a queued message says, and since when what it tells of is waiting.
  void rewrite(Transaction transaction, String key, Notice notice, long eventAt) {
    transaction
        .createUpdate(
            "UPDATE outbox SET kind = :kind, notice = :notice, event_at = :event"
                + " WHERE message_key = :key")
        .bind("kind", word(notice.kind()))
        .bind("notice", NotifyJson.write(notice))
        .bind("event", eventAt)
        .bind("key", key)
        .execute();
  }

  void ended(Transaction transaction, String key, State state, String answer, long now) {
    transaction
        .createUpdate(
            "UPDATE outbox SET state = :state, attempts = attempts + 1, answer = :answer,"
                + " ended_at = :now WHERE message_key = :key")
        .bind("state", state.name().toLowerCase(Locale.ROOT))
        .bind("answer", answer)
        .bind("now", now)
        .bind("key", key)
        .execute();
  }

  void postponed(Transaction transaction, String key, String answer, long nextTryAt) {
    transaction
        .createUpdate(
            "UPDATE outbox SET attempts = attempts + 1, answer = :answer, next_try_at = :next"
                + " WHERE message_key = :key")
        .bind("answer", answer)
        .bind("next", nextTryAt)
        .bind("key", key)
        .execute();
  }

  void fallenBack(Transaction transaction, String key) {
    transaction
        .createUpdate("UPDATE outbox SET fallen_back = TRUE WHERE message_key = :key")
        .bind("key", key)
        .execute();
  }

  /// Queued messages from before a time for which no other channel stands in yet.
  List<OutboxRow> waitingSince(Transaction transaction, long before, int limit) {
    return transaction
        .createQuery(
            "SELECT o.* FROM outbox o JOIN channels c ON c.id = o.channel_id"
                + " WHERE o.state = 'queued' AND NOT o.fallen_back AND o.fallback_of IS NULL"
                + " AND o.created_at < :before AND c.fallback_id IS NOT NULL LIMIT :limit")
        .bind("before", before)
        .bind("limit", limit)
        .map(OutboxStore::row)
        .list();
  }

  /// Queued messages from before a time, or of channels that are gone.
  List<OutboxRow> hopeless(Transaction transaction, long before, int limit) {
    return transaction
        .createQuery(
            "SELECT * FROM outbox WHERE state = 'queued' AND (created_at < :before"
                + " OR channel_id NOT IN (SELECT id FROM channels)) LIMIT :limit")
        .bind("before", before)
        .bind("limit", limit)
        .map(OutboxStore::row)
        .list();
  }

  /// Queues dead messages again; one when a key is given. Answers how many.
  int revive(Transaction transaction, String key, long now) {
    return transaction
        .createUpdate(
            "UPDATE outbox SET state = 'queued', attempts = 0, next_try_at = :now,"
                + " created_at = :now, ended_at = NULL, fallen_back = TRUE"
                + " WHERE state = 'dead' AND message_key = :key"
                + " AND channel_id IN (SELECT id FROM channels)")
        .bind("key", key)
        .bind("now", now)
        .execute();
  }

  int discardDead(Transaction transaction, String key) {
    return transaction
        .createUpdate("DELETE FROM outbox WHERE state = 'dead' AND message_key = :key")
        .bind("key", key)
        .execute();
  }

  int forget(Transaction transaction, long endedBefore) {
    return transaction
        .createUpdate("DELETE FROM outbox WHERE state <> 'queued' AND ended_at < :before")
        .bind("before", endedBefore)
        .execute();
  }

  List<OutboxRow> newest(Transaction transaction, State state, int limit) {
    return transaction
        .createQuery(
            "SELECT * FROM outbox WHERE state = :state"
                + " ORDER BY COALESCE(ended_at, created_at) DESC LIMIT :limit")
        .bind("state", state.name().toLowerCase(Locale.ROOT))
        .bind("limit", limit)
        .map(OutboxStore::row)
        .list();
  }

  List<OutboxRow> ofIncident(Transaction transaction, String incidentId) {
    return transaction
        .createQuery(
            "SELECT * FROM outbox WHERE incident_id = :incident ORDER BY sequence, created_at")
        .bind("incident", incidentId)
        .map(OutboxStore::row)
        .list();
  }

  /// When a channel's last messages were taken, newest first.
  List<Long> sentSince(Transaction transaction, String channelId, long since) {
    return transaction
        .createQuery(
            "SELECT ended_at FROM outbox WHERE channel_id = :channel AND state = 'sent'"
                + " AND ended_at >= :since ORDER BY ended_at DESC")
        .bind("channel", channelId)
        .bind("since", since)
        .mapTo(Long.class)
        .list();
  }

  /// How many messages there are by channel and state.
  Map<String, Map<State, Integer>> counts(Transaction transaction) {
    Map<String, Map<State, Integer>> counts = new TreeMap<>();
    transaction
        .createQuery(
            "SELECT channel_id, state, COUNT(*) AS n FROM outbox GROUP BY channel_id, state")
        .map((row, context) -> {
          counts
              .computeIfAbsent(row.getString("channel_id"), id -> new TreeMap<>())
              .put(state(row.getString("state")), row.getInt("n"));
          return row.getInt("n");
        })
        .list();
    return counts;
  }

  private static String word(Notice.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static State state(String word) {
    return State.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static OutboxRow row(ResultSet row, StatementContext context) throws SQLException {
    long ended = row.getLong("ended_at");
    boolean over = !row.wasNull();
    return new OutboxRow(
        row.getString("message_key"),
        row.getString("channel_id"),
        new Recipient(
            row.getString("address"), Language.of(row.getString("language")).orElse(Language.EN)),
        NotifyJson.notice(row.getString("notice")),
        row.getLong("event_at"),
        row.getLong("created_at"),
        row.getLong("next_try_at"),
        row.getInt("attempts"),
        state(row.getString("state")),
        row.getString("answer"),
        over ? Long.valueOf(ended) : null,
        row.getString("fallback_of"),
        row.getBoolean("fallen_back"));
  }
}
