package io.evenkeel.promql.parse;

import java.util.ArrayList;
import java.util.List;

/// Cuts a query into tokens.
final class Lexer {
  private static final List<String> SYMBOLS =
      List.of(
          "==", "!=", "<=", ">=", "=~", "!~", "+", "-", "*", "/", "%", "^", "<", ">", "=", "(", ")",
          "{", "}", "[", "]", ",", ":", "@");

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String text) {
    this.text = text;
  }

  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (true) {
      skipBlanks();
      if (at >= text.length()) {
        tokens.add(new Token(Token.Kind.END, "", new Span(text.length(), text.length())));
        return;
      }
      char c = text.charAt(at);
      if (c == '"' || c == '\'' || c == '`') {
        string(c);
      } else if (isDigit(c)
          || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
        numberOrDuration();
      } else if (isNameStart(c)) {
        name();
      } else {
        symbol();
      }
    }
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        while (at < text.length() && text.charAt(at) != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else {
        return;
      }
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private boolean colonContinuesName() {
    // Inside brackets a colon parts a subquery's range from its step.
    int depth = 0;
    for (Token token : tokens) {
      depth += token.is("[") ? 1 : token.is("]") ? -1 : 0;
    }
    return depth == 0;
  }

  private void name() {
    int from = at;
    boolean colons = colonContinuesName();
    while (at < text.length()
        && (isNameStart(text.charAt(at))
            || isDigit(text.charAt(at))
            || (colons && text.charAt(at) == ':'))) {
      at++;
    }
    add(Token.Kind.NAME, text.substring(from, at), from);
  }

  private void numberOrDuration() {
    int from = at;
    if (text.startsWith("0x", at) || text.startsWith("0X", at)) {
      at += 2;
      while (at < text.length() && Character.digit(text.charAt(at), 16) >= 0) {
        at++;
      }
      add(Token.Kind.NUMBER, text.substring(from, at), from);
      return;
    }
    digits();
    if (at < text.length() && "smhdwy".indexOf(text.charAt(at)) >= 0) {
      while (at < text.length()
          && (isDigit(text.charAt(at)) || "smhdwy".indexOf(text.charAt(at)) >= 0)) {
        at++;
      }
      requireEndOfWord(from);
      add(Token.Kind.DURATION, text.substring(from, at), from);
      return;
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      digits();
    }
    requireEndOfWord(from);
    add(Token.Kind.NUMBER, text.substring(from, at), from);
  }

  private void digits() {
    while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
  }

  private void requireEndOfWord(int from) {
    if (at < text.length() && isNameStart(text.charAt(at))) {
      throw new PromqlSyntaxException(
          text, from, "bad number or duration syntax: \"" + text.substring(from, at + 1) + "\"");
    }
  }

  private void symbol() {
    for (String symbol : SYMBOLS) {
      if (text.startsWith(symbol, at)) {
        int from = at;
        at += symbol.length();
        add(Token.Kind.SYMBOL, symbol, from);
        return;
      }
    }
    throw new PromqlSyntaxException(
        text, at, "unexpected character: '" + Character.toString(text.codePointAt(at)) + "'");
  }

  private void string(char quote) {
    int from = at++;
    StringBuilder value = new StringBuilder();
    while (true) {
      if (at >= text.length() || (text.charAt(at) == '\n' && quote != '`')) {
        throw new PromqlSyntaxException(text, from, "unterminated quoted string");
      }
      char c = text.charAt(at++);
      if (c == quote) {
        add(Token.Kind.STRING, value.toString(), from);
        return;
      }
      if (c == '\\' && quote != '`') {
        escape(value, quote, from);
      } else {
        value.append(c);
      }
    }
  }

  private void escape(StringBuilder value, char quote, int from) {
    if (at >= text.length()) {
      throw new PromqlSyntaxException(text, from, "escape sequence not terminated");
    }
    char c = text.charAt(at++);
    switch (c) {
      case 'a' -> value.append('\u0007');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'n' -> value.append('\n');
      case 'r' -> value.append('\r');
      case 't' -> value.append('\t');
      case 'v' -> value.append('\u000B');
      case '\\' -> value.append('\\');
      case 'x' -> value.appendCodePoint(code(2, 16, from));
      case 'u' -> value.appendCodePoint(code(4, 16, from));
      case 'U' -> value.appendCodePoint(code(8, 16, from));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        value.appendCodePoint(code(3, 8, from));
      }
      default -> {
        if (c != quote) {
          throw new PromqlSyntaxException(text, at - 1, "unknown escape sequence '\\" + c + "'");
        }
        value.append(c);
      }
    }
  }

  private int code(int length, int radix, int from) {
    if (at + length > text.length()) {
      throw new PromqlSyntaxException(text, from, "escape sequence not terminated");
    }
    try {
      int code = Integer.parseInt(text, at, at + length, radix);
      if (!Character.isValidCodePoint(code) || (code >= 0xD800 && code <= 0xDFFF)) {
        throw new PromqlSyntaxException(
            text, at, "escape sequence is an invalid Unicode code point");
      }
      at += length;
      return code;
    } catch (NumberFormatException e) {
      throw new PromqlSyntaxException(text, at, "illegal character in escape sequence");
    }
  }

  private void add(Token.Kind kind, String value, int from) {
    tokens.add(new Token(kind, value, new Span(from, at)));
  }
}
