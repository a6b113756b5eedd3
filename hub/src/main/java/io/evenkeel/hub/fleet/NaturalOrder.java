package io.evenkeel.hub.fleet;

import java.util.Locale;
import java.util.regex.Pattern;

/// Puts texts with numbers in them in the order that people expect: `web-2` before `web-10`.
final class NaturalOrder {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private NaturalOrder() {}

  /// A text whose plain order is the natural order of the original: numbers are padded.
  static String key(String text) {
    return NUMBER
        .matcher(text.toLowerCase(Locale.ROOT))
        .replaceAll(number -> "0".repeat(18 - number.group().length()) + number.group());
  }
}
