package io.evenkeel.tsdb.engine.head;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// How many series each source has brought. After a restart a series belongs to the first source
/// that sends it again. Not thread-safe.
final class SeriesSources {
  /// Sources beyond this many are counted as one.
  private static final int MOST = 50_000;

  private final Map<String, Integer> numbers = new HashMap<>();
  private int[] counts = new int[16];
  private int[] ofRow = new int[256];

  SeriesSources() {
    numbers.put("", 0);
  }

  /// The number of a source; 0 is nobody's.
  int number(String source) {
    Integer known = numbers.get(source);
    if (known != null) {
      return known;
    }
    int number = Math.min(numbers.size(), MOST);
    if (number < MOST) {
      numbers.put(source, number);
    }
    if (number == counts.length) {
      counts = Arrays.copyOf(counts, 2 * number);
    }
    return number;
  }

  /// How many series a source has.
  int count(int source) {
    return counts[source];
  }

  /// Gives a row that is nobody's to a source.
  void claim(int row, int source) {
    if (row >= ofRow.length) {
      ofRow = Arrays.copyOf(ofRow, Math.max(row + 1, 2 * ofRow.length));
    }
    if (ofRow[row] == 0 && source != 0) {
      ofRow[row] = source;
      counts[source]++;
    }
  }

  /// Takes a row that leaves from its source.
  void release(int row) {
    if (row < ofRow.length && ofRow[row] != 0) {
      counts[ofRow[row]]--;
      ofRow[row] = 0;
    }
  }
}
