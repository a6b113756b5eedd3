package io.evenkeel.gateway.proxy;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How many connections clients have, all together and by address. Thread-safe: addresses meet on
/// several event loops.
final class ConnectionCounts {
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  /// Counts a connection if it is within the limits.
  boolean tryOpen(InetAddress address, int mostAll, int mostOfAddress) {
    if (all.incrementAndGet() > mostAll) {
      all.decrementAndGet();
      return false;
    }
    if (byAddress.merge(address, 1, Integer::sum) > mostOfAddress) {
      close(address);
      return false;
    }
    return true;
  }

  void close(InetAddress address) {
    all.decrementAndGet();
    byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  int all() {
    return all.get();
  }
}
