package io.evenkeel.hub.notify;

import io.evenkeel.hub.notify.channel.Letter;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Recipient;
import org.jspecify.annotations.Nullable;

/// A message in the outbox. Times are epoch milliseconds.
///
/// @param key its identity: the same for every try
/// @param eventAt the sample or the person's act that it tells of
/// @param answer what the service said last
/// @param endedAt when it left the queue, either way
/// @param fallbackOf the key of the message that it stands in for
public record OutboxRow(
    String key,
    String channelId,
    Recipient recipient,
    Notice notice,
    long eventAt,
    long createdAt,
    long nextTryAt,
    int attempts,
    State state,
    String answer,
    @Nullable Long endedAt,
    @Nullable String fallbackOf,
    boolean fallenBack) {
  /// Where a message is.
  public enum State {
    QUEUED,
    /// The service has taken it.
    SENT,
    /// It will not be tried again.
    DEAD,
    /// A later message of the same incident tells of it too.
    MERGED
  }

  /// @param thread what the incident's first message is called by the service; may be empty
  Letter letter(String thread) {
    return new Letter(key, notice, recipient, thread);
  }
}
