package io.evenkeel.hub.fleet;

import java.util.Comparator;

/// The order in which people expect texts with numbers in them: `web-2` before `web-10`; case
/// decides only between texts that are equal else.
///
/// Compares in place: a fleet of thousands is sorted for every page that is open.
final class NaturalOrder implements Comparator<String> {
  static final NaturalOrder INSTANCE = new NaturalOrder();

  private NaturalOrder() {}

  @Override
  public int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      char x = a.charAt(i);
      char y = b.charAt(j);
      if (isDigit(x) && isDigit(y)) {
        int startA = significant(a, i);
        int startB = significant(b, j);
        i = end(a, startA);
        j = end(b, startB);
        int order = compareNumbers(a, startA, i, b, startB, j);
        if (order != 0) {
          return order;
        }
      } else {
        int order = Character.compare(Character.toLowerCase(x), Character.toLowerCase(y));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
    }
    int left = Integer.compare(a.length() - i, b.length() - j);
    return left == 0 ? a.compareTo(b) : left;
  }

  private static int compareNumbers(String a, int from, int to, String b, int start, int end) {
    int order = Integer.compare(to - from, end - start);
    for (int k = 0; order == 0 && k < to - from; k++) {
      order = Character.compare(a.charAt(from + k), b.charAt(start + k));
    }
    return order;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// Where a number begins behind its leading zeros.
  private static int significant(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == '0') {
      at++;
    }
    return at;
  }

  private static int end(String text, int from) {
    int at = from;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
