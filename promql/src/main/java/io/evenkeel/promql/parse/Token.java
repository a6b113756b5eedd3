package io.evenkeel.promql.parse;

import java.util.Locale;
import java.util.Set;

/// A word of a query.
///
/// @param text what it says: a string without its quotes, an error's message, the rest as written
/// @param raw as it stands in the query
record Token(Kind kind, String text, String raw, Span span) {
  enum Kind {
    END,
    /// A word: keyword, metric, label or function.
    NAME,
    NUMBER,
    DURATION,
    STRING,
    /// An operator or bracket.
    SYMBOL,
    /// Text that is no word; the token says why. Nothing follows it.
    ERROR
  }

  private static final int LONGEST_QUOTE = 10;
  private static final Set<String> OPERATOR_SYMBOLS =
      Set.of(
          "+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "=~", "!~", "</", ">/",
          "@");

  /// Words that mean something by themselves in a query's grammar.
  private static final Set<String> KEYWORDS =
      Set.of(
          "offset",
          "smoothed",
          "anchored",
          "by",
          "without",
          "on",
          "ignoring",
          "group_left",
          "group_right",
          "fill",
          "fill_left",
          "fill_right",
          "bool");

  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /// Whether it is a keyword, in either case.
  boolean isWord(String word) {
    return kind == Kind.NAME && text.equalsIgnoreCase(word);
  }

  /// The token as Prometheus's error messages name it.
  String described() {
    return switch (kind) {
      case END -> "end of input";
      case STRING -> "string " + quoted();
      case NUMBER -> "number " + quoted();
      case DURATION -> "duration " + quoted();
      case NAME -> word();
      case SYMBOL -> OPERATOR_SYMBOLS.contains(text) ? "<op:" + raw + ">" : Quoting.quote(raw);
      case ERROR -> text;
    };
  }

  private String quoted() {
    return raw.length() > LONGEST_QUOTE
        ? Quoting.quote(raw.substring(0, LONGEST_QUOTE)) + "..."
        : Quoting.quote(raw);
  }

  private String word() {
    String lower = text.toLowerCase(Locale.ROOT);
    if (KEYWORDS.contains(lower)) {
      return "<" + raw + ">";
    }
    if (Set.of("and", "or", "unless", "atan2").contains(lower)) {
      return "<op:" + raw + ">";
    }
    if (Expr.Aggregation.named(lower) != null) {
      return "<aggr:" + raw + ">";
    }
    if (Set.of("start", "end", "step", "range").contains(lower)) {
      return Quoting.quote(raw);
    }
    return (raw.indexOf(':') >= 0 ? "metric identifier " : "identifier ") + Quoting.quote(raw);
  }
}
