package io.evenkeel.gateway.health;

import java.util.concurrent.ConcurrentHashMap;

/// A token bucket for each client. Thread-safe; at most 100,000 clients are remembered, full
/// buckets are forgotten first: they say nothing.
public final class RateLimiter {
  private static final int MOST_CLIENTS = 100_000;

  private final double perNano;
  private final double burst;
  private final ConcurrentHashMap<Object, Bucket> buckets = new ConcurrentHashMap<>();

  /// @param perSecond tokens that come back each second
  /// @param burst the most that can be saved up
  public RateLimiter(double perSecond, int burst) {
    this.perNano = perSecond / 1e9;
    this.burst = burst;
  }

  /// Takes a token.
  ///
  /// @return 0 when there was one, else the nanoseconds until there will be
  public long take(Object client, long nowNanos) {
    Bucket bucket = buckets.get(client);
    if (bucket == null) {
      if (buckets.size() >= MOST_CLIENTS) {
        forgetFull(nowNanos);
      }
      bucket = buckets.computeIfAbsent(client, _ -> new Bucket(burst, nowNanos));
    }
    synchronized (bucket) {
      double tokens = Math.min(burst, bucket.tokens + (nowNanos - bucket.at) * perNano);
      bucket.at = nowNanos;
      if (tokens >= 1) {
        bucket.tokens = tokens - 1;
        return 0;
      }
      bucket.tokens = tokens;
      return (long) Math.ceil((1 - tokens) / perNano);
    }
  }

  private void forgetFull(long nowNanos) {
    buckets
        .values()
        .removeIf(bucket -> {
          synchronized (bucket) {
            return bucket.tokens + (nowNanos - bucket.at) * perNano >= burst;
          }
        });
    if (buckets.size() >= MOST_CLIENTS) {
      // All of them are busy: a flood of addresses. Start over rather than grow.
      buckets.clear();
    }
  }

  private static final class Bucket {
    private double tokens;
    private long at;

    private Bucket(double tokens, long at) {
      this.tokens = tokens;
      this.at = at;
    }
  }
}
