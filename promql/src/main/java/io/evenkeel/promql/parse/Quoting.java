package io.evenkeel.promql.parse;

/// Strings and names as PromQL writes them.
public final class Quoting {
  private Quoting() {}

  /// A string in double quotes with Go's escapes, which read back as the same string.
  public static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case 0x07 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x0B -> out.append("\\v");
        case '\\' -> out.append("\\\\");
        case '"' -> out.append("\\\"");
        default -> {
          if (c < 0x20 || c == 0x7F) {
            out.append("\\x%02x".formatted(c));
          } else if (c >= 0xDC80 && c <= 0xDCFF) {
            // What the lexer makes of a byte that belongs to no character.
            out.append("\\x%02x".formatted(c & 0xFF));
          } else if (Character.isDefined(c) && !Character.isISOControl(c)) {
            out.appendCodePoint(c);
          } else {
            out.append(c > 0xFFFF ? "\\U%08x".formatted(c) : "\\u%04x".formatted(c));
          }
        }
      }
    }
    return out.append('"').toString();
  }

  /// A label's name: as it is when it needs no quotes, else quoted.
  public static String label(String name) {
    return isPlainLabel(name) ? name : quote(name);
  }

  /// Whether a label's name may stand without quotes.
  public static boolean isPlainLabel(String name) {
    return isPlain(name, false);
  }

  /// Whether a metric's name may stand without quotes.
  public static boolean isPlainMetric(String name) {
    return isPlain(name, true);
  }

  private static boolean isPlain(String name, boolean colons) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
