package io.evenkeel.hub.notify;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Recipient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where messages wait until a service has taken them.
///
/// Who changes something that people must know puts the message in by the same transaction, so that
/// neither exists without the other; whatever happens to the process then, it is delivered or
/// becomes a dead letter that is shown.
public final class Outbox {
  private final ChannelStore channels;
  private final OutboxStore store = new OutboxStore();
  private final InstantSource clock;

  Outbox(ChannelStore channels, InstantSource clock) {
    this.channels = channels;
    this.clock = clock;
  }

  /// Puts a notice in for every recipient of the enabled channels among `channelIds`.
  ///
  /// @param eventAt when what it tells of happened, epoch milliseconds
  void add(Transaction transaction, Notice notice, Collection<String> channelIds, long eventAt) {
    put(transaction, rows(channels.told(transaction), notice, channelIds, eventAt));
  }

  /// The messages of a notice to every recipient of the channels among `channelIds`, not put in
  /// yet.
  ///
  /// @param told the enabled channels
  /// @param eventAt when what it tells of happened, epoch milliseconds
  public List<OutboxRow> rows(
      List<ToldChannel> told, Notice notice, Collection<String> channelIds, long eventAt) {
    List<OutboxRow> rows = new ArrayList<>();
    for (ToldChannel channel : told) {
      if (channelIds.contains(channel.id())) {
        for (Recipient recipient : channel.recipients()) {
          rows.add(row(channel.id(), recipient, notice, eventAt, null));
        }
      }
    }
    return rows;
  }

  /// Puts messages in.
  public void put(Transaction transaction, List<OutboxRow> rows) {
    store.insert(transaction, rows);
  }

  /// A message for a recipient of a channel.
  OutboxRow row(
      String channelId,
      Recipient recipient,
      Notice notice,
      long eventAt,
      @Nullable String fallbackOf) {
    long now = clock.millis();
    return new OutboxRow(
        key(notice, channelId, recipient),
        channelId,
        recipient,
        notice,
        eventAt,
        now,
        now,
        0,
        OutboxRow.State.QUEUED,
        "",
        null,
        fallbackOf,
        false);
  }

  /// What has become of the messages about an incident, in the order they were put in.
  public List<OutboxRow> ofIncident(Transaction transaction, String incidentId) {
    return store.ofIncident(transaction, incidentId);
  }

  OutboxStore store() {
    return store;
  }

  /// sha256(incident, sequence, channel, recipient): the identity of a message, for services that
  /// drop repetitions.
  static String key(Notice notice, String channelId, Recipient recipient) {
    String parts =
        String.join(
            "\0",
            notice.incidentId(),
            Long.toString(notice.sequence()),
            channelId,
            recipient.address(),
            recipient.language().code());
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(parts.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
