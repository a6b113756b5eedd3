package io.evenkeel.hub.yaml;

import java.util.Collection;
import java.util.Optional;

/// Finds what somebody probably meant to write: the known word with the fewest edits (Levenshtein).
public final class NearestWord {
  private NearestWord() {}

  /// The nearest word within a third of its length, else the one that what was written begins, or
  /// nothing.
  public static Optional<String> of(String written, Collection<String> known) {
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = distance(written, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best != null && least <= Math.max(2, best.length() / 3)
        ? Optional.of(best)
        : known.stream().filter(word -> word.startsWith(written)).findFirst();
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
