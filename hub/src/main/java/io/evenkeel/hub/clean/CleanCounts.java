package io.evenkeel.hub.clean;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// How often cleaning found what, by host, since the hub's start. Safe for use by many threads.
///
/// Where samples name no host they are counted under the source that sent them. The number of hosts
/// is bounded: an invented `instance` on every sample must not fill the memory.
public final class CleanCounts {
  private static final int MAX_HOSTS = 20_000;
  private static final String BEYOND = "(more)";

  /// One count.
  ///
  /// @param host the host's name, or the source's
  /// @param what the doubt's label, or the signal's for suspects, or empty for resets
  /// @param count since the hub's start
  public record Count(String host, String what, long count) {}

  private record Key(String host, String what) {}

  private final Map<Key, LongAdder> doubts = new ConcurrentHashMap<>();
  private final Map<Key, LongAdder> resets = new ConcurrentHashMap<>();
  private final Map<Key, LongAdder> suspects = new ConcurrentHashMap<>();

  void doubt(String host, Doubt doubt, long count) {
    add(doubts, host, doubt.label(), count);
  }

  void reset(String host) {
    add(resets, host, "", 1);
  }

  void suspect(String host, GoldenSignal signal) {
    add(suspects, host, signal.label(), 1);
  }

  private static void add(Map<Key, LongAdder> counts, String host, String what, long count) {
    Key key = new Key(host, what);
    LongAdder adder = counts.get(key);
    if (adder == null) {
      Key bounded = counts.size() < MAX_HOSTS ? key : new Key(BEYOND, what);
      adder = counts.computeIfAbsent(bounded, unused -> new LongAdder());
    }
    adder.add(count);
  }

  /// Doubtful samples by host and doubt.
  public Iterable<Count> doubts() {
    return list(doubts);
  }

  /// Counter resets by host.
  public Iterable<Count> resets() {
    return list(resets);
  }

  /// Suspect values by host and signal.
  public Iterable<Count> suspects() {
    return list(suspects);
  }

  private static Iterable<Count> list(Map<Key, LongAdder> counts) {
    return counts.entrySet().stream()
        .map(e -> new Count(e.getKey().host(), e.getKey().what(), e.getValue().sum()))
        .sorted(Comparator.comparing(Count::host).thenComparing(Count::what))
        .toList();
  }
}
