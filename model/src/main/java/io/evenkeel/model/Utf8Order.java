package io.evenkeel.model;

import java.util.Comparator;

/// The order of strings by their UTF-8 bytes, which is the order of their code points.
///
/// `String.compareTo` orders by UTF-16 units and puts supplementary characters before U+E000; every
/// sorted answer of Prometheus's API is in UTF-8 order, so ours is too.
public final class Utf8Order implements Comparator<String> {
  /// The one instance; immutable.
  public static final Utf8Order INSTANCE = new Utf8Order();

  private Utf8Order() {}

  @Override
  @SuppressWarnings("ReferenceEquality") // Labels of one answer share their strings.
  public int compare(String a, String b) {
    if (a == b) {
      return 0;
    }
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Integer.compare(rank(x), rank(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /// Surrogates stand for code points above every other UTF-16 unit's.
  private static int rank(char unit) {
    return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
  }
}
