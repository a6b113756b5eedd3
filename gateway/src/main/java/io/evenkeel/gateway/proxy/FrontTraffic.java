package io.evenkeel.gateway.proxy;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Answers that the gateway gave itself, by status: refusals, rate limits, shed requests.
/// Thread-safe.
public final class FrontTraffic {
  private final ConcurrentHashMap<Integer, LongAdder> own = new ConcurrentHashMap<>();

  void answered(int status) {
    own.computeIfAbsent(status, _ -> new LongAdder()).increment();
  }

  /// How many of each status.
  public Map<Integer, Long> byStatus() {
    Map<Integer, Long> counts = new TreeMap<>();
    own.forEach((status, count) -> counts.put(status, count.sum()));
    return counts;
  }
}
