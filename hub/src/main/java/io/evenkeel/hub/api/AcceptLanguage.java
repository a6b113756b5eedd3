package io.evenkeel.hub.api;

import java.util.List;
import java.util.Locale;

/// Which of the hub's languages a caller prefers (RFC 9110, section 12.5.4).
final class AcceptLanguage {
  static final String ENGLISH = "en";
  static final String CHINESE = "zh";

  private AcceptLanguage() {}

  /// The language of an answer: of English and Chinese, whatever the variant, the one with the
  /// higher weight, or the earlier one; English when neither is asked for.
  ///
  /// @param header empty when there is none
  static String preferred(String header) {
    List<Locale.LanguageRange> ranges;
    try {
      ranges = header.isBlank() ? List.of() : Locale.LanguageRange.parse(header);
    } catch (IllegalArgumentException e) {
      // Whatever it says, it asks for nothing that can be known.
      return ENGLISH;
    }
    return ranges.stream()
        .filter(range -> range.getWeight() > 0)
        .filter(range -> is(range, CHINESE) || is(range, ENGLISH))
        // They stand by their weights, the highest first.
        .findFirst()
        .map(range -> is(range, CHINESE) ? CHINESE : ENGLISH)
        .orElse(ENGLISH);
  }

  private static boolean is(Locale.LanguageRange range, String language) {
    return range.getRange().equals(language) || range.getRange().startsWith(language + "-");
  }
}
