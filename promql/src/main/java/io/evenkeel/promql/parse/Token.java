package io.evenkeel.promql.parse;

/// A word of a query.
///
/// @param text what it says: a string without its quotes, the rest as written
record Token(Kind kind, String text, Span span) {
  enum Kind {
    END,
    /// A word: keyword, metric, label or function.
    NAME,
    NUMBER,
    DURATION,
    STRING,
    /// An operator or bracket.
    SYMBOL
  }

  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /// Whether it is a keyword, in either case.
  boolean isWord(String word) {
    return kind == Kind.NAME && text.equalsIgnoreCase(word);
  }

  /// The token as an error message names it.
  String described() {
    return switch (kind) {
      case END -> "end of input";
      case STRING -> "string \"" + text + "\"";
      case NUMBER -> "number \"" + text + "\"";
      case DURATION -> "duration \"" + text + "\"";
      case NAME -> "identifier \"" + text + "\"";
      case SYMBOL -> "\"" + text + "\"";
    };
  }
}
