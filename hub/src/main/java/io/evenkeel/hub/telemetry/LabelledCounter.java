package io.evenkeel.hub.telemetry;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts by a few label values. Safe for use by many threads.
///
/// The label values must come from the program (a route, a status), never from a request: each
/// makes a counter that stays.
public final class LabelledCounter {
  private final Map<List<String>, LongAdder> counts = new ConcurrentHashMap<>();

  public void add(long count, String... values) {
    List<String> key = List.of(values);
    LongAdder adder = counts.get(key);
    (adder != null ? adder : counts.computeIfAbsent(key, unused -> new LongAdder())).add(count);
  }

  /// What was counted under some values; 0 when nothing was.
  public long get(String... values) {
    LongAdder adder = counts.get(List.of(values));
    return adder == null ? 0 : adder.sum();
  }

  /// What was counted under all values together.
  public long total() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /// Adds a sample for each combination of values to a family.
  ///
  /// @param names the labels' names, as many as the values
  public void into(Family.Builder family, double unit, String... names) {
    counts.entrySet().stream()
        .sorted((a, b) -> a.getKey().toString().compareTo(b.getKey().toString()))
        .forEach(entry -> {
          String[] labels = new String[2 * names.length];
          for (int i = 0; i < names.length; i++) {
            labels[2 * i] = names[i];
            labels[2 * i + 1] = entry.getKey().get(i);
          }
          family.add(entry.getValue().sum() * unit, labels);
        });
  }
}
