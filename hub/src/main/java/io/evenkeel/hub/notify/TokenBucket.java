package io.evenkeel.hub.notify;

import io.evenkeel.hub.notify.channel.ChannelKind;
import java.util.List;

/// Keeps a channel below its service's limit: tokens refill evenly, each try takes one. Not
/// thread-safe. Times are milliseconds of one clock.
final class TokenBucket {
  private final ChannelKind.Rate rate;
  private double tokens;
  private long refilledAt;

  /// @param sentBefore when messages went out before now, newest first: after a restart the service
  ///   still counts them
  TokenBucket(ChannelKind.Rate rate, long now, List<Long> sentBefore) {
    this.rate = rate;
    this.tokens = rate.burst();
    this.refilledAt = now - windowMillis();
    for (Long sent : sentBefore.reversed()) {
      refill(Math.max(refilledAt, sent));
      tokens = Math.max(0, tokens - 1);
    }
    refill(now);
  }

  /// Over which time an empty bucket fills up.
  long windowMillis() {
    return rate.perMessage().toMillis() * rate.burst();
  }

  /// Takes a token and answers 0, or how long to wait for one.
  long takeOrWait(long now) {
    refill(now);
    if (tokens >= 1) {
      tokens--;
      return 0;
    }
    return (long) Math.ceil((1 - tokens) * perMessage());
  }

  private double perMessage() {
    return Math.max(1e-3, rate.perMessage().toNanos() / 1e6);
  }

  private void refill(long now) {
    if (now > refilledAt) {
      tokens = Math.min(rate.burst(), tokens + (now - refilledAt) / perMessage());
      refilledAt = now;
    }
  }
}
