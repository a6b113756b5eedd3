package io.evenkeel.hub.security;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/// Slows down guessing: after 10 failures within 15 minutes an account, as tried from one address,
/// is refused until the oldest of them is 15 minutes old. Thread-safe; bounded in memory.
public final class LoginThrottle {
  private static final int FAILURES = 10;
  private static final Duration WINDOW = Duration.ofMinutes(15);
  private static final int MOST_KEYS = 10_000;

  private final InstantSource clock;
  private final Map<String, ArrayDeque<Long>> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ArrayDeque<Long>> eldest) {
          return size() > MOST_KEYS;
        }
      };

  public LoginThrottle(InstantSource clock) {
    this.clock = clock;
  }

  /// How long to wait before another try; zero when one is allowed now.
  public synchronized Duration wait(String account, String address) {
    ArrayDeque<Long> recent = failures.get(key(account, address));
    long now = clock.millis();
    if (recent == null) {
      return Duration.ZERO;
    }
    while (!recent.isEmpty() && now - recent.peekFirst() >= WINDOW.toMillis()) {
      recent.removeFirst();
    }
    return recent.size() < FAILURES
        ? Duration.ZERO
        : Duration.ofMillis(WINDOW.toMillis() - (now - recent.getFirst()));
  }

  public synchronized void failed(String account, String address) {
    failures
        .computeIfAbsent(key(account, address), key -> new ArrayDeque<>())
        .addLast(clock.millis());
  }

  public synchronized void succeeded(String account, String address) {
    failures.remove(key(account, address));
  }

  private static String key(String account, String address) {
    return address + ' ' + account;
  }
}
