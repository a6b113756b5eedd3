package io.evenkeel.hub.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// Counts failed logins and says when the next try is allowed.
///
/// Ten failures of one account from one address within 15 minutes close that pair; fifty failures
/// of any accounts from one address close the address. Counting pairs, not accounts, keeps a
/// stranger from locking somebody out. An IPv6 address counts as its /64, which one customer owns
/// whole. Kept in memory: a restart forgets. Safe for use by many threads.
public final class LoginThrottle {
  private static final Duration WINDOW = Duration.ofMinutes(15);
  private static final int PER_ACCOUNT_AND_ADDRESS = 10;
  private static final int PER_ADDRESS = 50;

  /// Above this many counters expired ones are dropped before a new one is made.
  private static final int SWEEP_ABOVE = 10_000;

  private final InstantSource clock;
  private final Map<String, ArrayDeque<Instant>> failures = new HashMap<>();

  public LoginThrottle(InstantSource clock) {
    this.clock = clock;
  }

  /// How long this account has to wait at this address; empty when it may try now.
  public synchronized Optional<Duration> wait(String account, InetAddress address) {
    Instant now = clock.instant();
    Duration pair = waitFor(pairKey(account, address), PER_ACCOUNT_AND_ADDRESS, now);
    Duration alone = waitFor(addressKey(address), PER_ADDRESS, now);
    Duration longer = pair.compareTo(alone) > 0 ? pair : alone;
    return longer.isZero() ? Optional.empty() : Optional.of(longer);
  }

  /// Notes a failed try.
  public synchronized void failed(String account, InetAddress address) {
    Instant now = clock.instant();
    if (failures.size() > SWEEP_ABOVE) {
      failures.values().removeIf(times -> times.getLast().plus(WINDOW).isBefore(now));
    }
    failures.computeIfAbsent(pairKey(account, address), key -> new ArrayDeque<>()).add(now);
    failures.computeIfAbsent(addressKey(address), key -> new ArrayDeque<>()).add(now);
  }

  /// Forgets the failures of an account that has just logged in from an address.
  public synchronized void succeeded(String account, InetAddress address) {
    failures.remove(pairKey(account, address));
  }

  private Duration waitFor(String key, int limit, Instant now) {
    ArrayDeque<Instant> times = failures.get(key);
    if (times == null) {
      return Duration.ZERO;
    }
    while (!times.isEmpty() && !times.getFirst().plus(WINDOW).isAfter(now)) {
      times.removeFirst();
    }
    if (times.isEmpty()) {
      failures.remove(key);
      return Duration.ZERO;
    }
    return times.size() < limit
        ? Duration.ZERO
        : Duration.between(now, times.getFirst().plus(WINDOW));
  }

  private static String pairKey(String account, InetAddress address) {
    return addressKey(address) + ' ' + account;
  }

  private static String addressKey(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of()
        .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
  }
}
