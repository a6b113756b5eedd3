package io.evenkeel.hub.notify;

import io.evenkeel.hub.db.Transaction;
import java.util.Optional;

/// Where the messages about an incident stand in a service that has threads: what the first of them
/// is called there, for each recipient of a channel.
final class ThreadStore {
  Optional<String> find(Transaction transaction, OutboxRow row) {
    return transaction
        .createQuery(
            "SELECT thread FROM message_threads WHERE incident_id = :incident"
                + " AND channel_id = :channel AND address = :address")
        .bind("incident", row.notice().incidentId())
        .bind("channel", row.channelId())
        .bind("address", row.recipient().address())
        .mapTo(String.class)
        .findOne();
  }

  void save(Transaction transaction, OutboxRow row, String thread, long now) {
    transaction
        .createUpdate(
            "INSERT INTO message_threads (incident_id, channel_id, address, thread, created_at)"
                + " VALUES (:incident, :channel, :address, :thread, :now)"
                + " ON CONFLICT (incident_id, channel_id, address)"
                + " DO UPDATE SET thread = excluded.thread, created_at = excluded.created_at")
        .bind("incident", row.notice().incidentId())
        .bind("channel", row.channelId())
        .bind("address", row.recipient().address())
        .bind("thread", thread)
        .bind("now", now)
        .execute();
  }

  void forget(Transaction transaction, long createdBefore) {
    transaction
        .createUpdate("DELETE FROM message_threads WHERE created_at < :before")
        .bind("before", createdBefore)
        .execute();
  }
}
