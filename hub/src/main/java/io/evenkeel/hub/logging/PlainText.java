package io.evenkeel.hub.logging;

/// Makes text from outside harmless in a log: line breaks, terminal escape sequences and other
/// control characters become visible `\\uXXXX`, so that nobody can forge a line or paint on a
/// terminal.
final class PlainText {
  private PlainText() {}

  /// Appends `text` with every control and line-separating character escaped.
  static void append(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isHarmless(c)) {
        out.append(c);
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
  }

  /// As [#append], inside a JSON string.
  static void appendJson(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (isHarmless(c)) {
        out.append(c);
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
  }

  private static boolean isHarmless(char c) {
    return !Character.isISOControl(c)
        && switch (Character.getType(c)) {
          // Bidirectional overrides reorder what a reader sees; a lone surrogate is not text.
          case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
          default -> true;
        };
  }
}
