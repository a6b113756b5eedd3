package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.head.Head;
import java.util.HashMap;
import java.util.Map;

/// Counts the new series that a limit kept out, by the label whose value was new: the one that
/// tells what multiplies the series. Guarded by the head's lock.
final class RefusedSeries {
  /// Stands for a new combination of values that were all known.
  static final String COMBINATION = "";

  private static final int MOST_LABELS = 200;

  private final Map<String, Long> byLabel = new HashMap<>();

  void count(Labels labels, Head head) {
    boolean known = true;
    for (int i = 0; i < labels.size(); i++) {
      if (!head.knowsLabel(labels.name(i), labels.value(i))) {
        known = false;
        count(labels.name(i));
      }
    }
    if (known) {
      count(COMBINATION);
    }
  }

  private void count(String label) {
    if (byLabel.size() < MOST_LABELS || byLabel.containsKey(label)) {
      byLabel.merge(label, 1L, Long::sum);
    }
  }

  Map<String, Long> byLabel() {
    return Map.copyOf(byLabel);
  }
}
