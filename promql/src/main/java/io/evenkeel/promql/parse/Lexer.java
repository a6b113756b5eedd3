package io.evenkeel.promql.parse;

import java.util.ArrayList;
import java.util.List;

/// Cuts a query into tokens. Text that is no token becomes an error token, the last one, so that a
/// mistake before it is reported first.
final class Lexer {
  private static final List<String> SYMBOLS =
      List.of(
          "==", "!=", "<=", ">=", "</", ">/", "=~", "!~", "+", "-", "*", "/", "%", "^", "<", ">",
          "=", "(", ")", "{", "}", "[", "]", ",", ":", "@");

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int parentheses;
  private boolean inBraces;
  private boolean inBrackets;

  /// Ends the tokens at a mistake.
  private static final class LexicalMistake extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int position;

    LexicalMistake(int position, String problem) {
      super(problem, null, false, false);
      this.position = position;
    }
  }

  private Lexer(String text) {
    this.text = text;
  }

  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    try {
      lexer.run();
    } catch (LexicalMistake e) {
      Span span = new Span(Math.min(e.position, text.length()), text.length());
      lexer.tokens.add(new Token(Token.Kind.ERROR, String.valueOf(e.getMessage()), "", span));
    }
    return lexer.tokens;
  }

  private void run() {
    while (true) {
      skipBlanks();
      if (at >= text.length()) {
        end();
        return;
      }
      char c = text.charAt(at);
      if (c == '"' || c == '\'' || c == '`') {
        string(c);
      } else if (isDigit(c)
          || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
        numberOrDuration();
      } else if (isNameStart(c) || (c == ':' && !inBraces && !inBrackets)) {
        name();
      } else {
        symbol();
      }
    }
  }

  private void end() {
    if (inBraces) {
      throw new LexicalMistake(at, "unexpected end of input inside braces");
    }
    if (parentheses > 0) {
      throw new LexicalMistake(at, "unclosed left parenthesis");
    }
    if (inBrackets) {
      throw new LexicalMistake(at, "unclosed left bracket");
    }
    tokens.add(new Token(Token.Kind.END, "", "", new Span(at, at)));
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
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

  private void name() {
    int from = at;
    // Inside brackets a colon parts a subquery's range from its step.
    boolean colons = !inBrackets && !inBraces;
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
    if (inBraces) {
      throw new LexicalMistake(
          from, "unexpected character inside braces: '" + text.charAt(at) + "'");
    }
    if (text.startsWith("0x", at) || text.startsWith("0X", at)) {
      at += 2;
      while (at < text.length()
          && (Character.digit(text.charAt(at), 16) >= 0 || text.charAt(at) == '_')) {
        at++;
      }
      requireEndOfWord(from);
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
    if (at < text.length()
        && (isNameStart(text.charAt(at)) || isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      throw new LexicalMistake(
          from, "bad number or duration syntax: " + Quoting.quote(text.substring(from, at + 1)));
    }
  }

  private void symbol() {
    int from = at;
    char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
    if (!inBraces && text.charAt(at) == '!' && next != '=') {
      throw new LexicalMistake(
          from, "unexpected character after '!': " + (next == 0 ? "end of input" : quoted(next)));
    }
    if (!inBraces && text.charAt(at) == '=' && next == '~') {
      throw new LexicalMistake(from, "unexpected character after '=': '~'");
    }
    for (String symbol : SYMBOLS) {
      if (text.startsWith(symbol, at)) {
        at += symbol.length();
        track(symbol, from);
        add(Token.Kind.SYMBOL, symbol, from);
        return;
      }
    }
    throw new LexicalMistake(
        at,
        (inBraces ? "unexpected character inside braces: " : "unexpected character: ")
            + quoted(text.codePointAt(at)));
  }

  private static String quoted(int codePoint) {
    return "'" + Character.toString(codePoint) + "'";
  }

  private void track(String symbol, int from) {
    switch (symbol) {
      case "(" -> parentheses++;
      case ")" -> {
        if (--parentheses < 0) {
          throw new LexicalMistake(from, "unexpected right parenthesis ')'");
        }
      }
      case "{" -> {
        if (inBraces) {
          throw new LexicalMistake(from, "unexpected left brace '{'");
        }
        inBraces = true;
      }
      case "}" -> {
        if (!inBraces) {
          throw new LexicalMistake(from, "unexpected character: '}'");
        }
        inBraces = false;
      }
      case "[" -> {
        if (inBrackets) {
          throw new LexicalMistake(from, "unexpected left bracket '['");
        }
        inBrackets = true;
      }
      case "]" -> {
        if (!inBrackets) {
          throw new LexicalMistake(from, "unexpected right bracket ']'");
        }
        inBrackets = false;
      }
      default -> {}
    }
  }

  private void string(char quote) {
    int from = at++;
    StringBuilder value = new StringBuilder();
    while (true) {
      if (at >= text.length()) {
        throw new LexicalMistake(
            from, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
      }
      if (text.charAt(at) == '\n' && quote != '`') {
        throw new LexicalMistake(from, "unterminated quoted string");
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
      throw new LexicalMistake(from, "escape sequence not terminated");
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
      case 'x' -> bytes(value, 2, 16, from);
      case 'u' -> value.appendCodePoint(code(4, 16, from));
      case 'U' -> value.appendCodePoint(code(8, 16, from));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        bytes(value, 3, 8, from);
      }
      default -> {
        if (c != quote) {
          throw new LexicalMistake(
              from, "unknown escape sequence U+%04X %s".formatted((int) c, quoted(c)));
        }
        value.append(c);
      }
    }
  }

  /// Escapes of single bytes, which together may be UTF-8. A byte that belongs to no character
  /// becomes a private stand-in, U+DC80 to U+DCFF, which is never valid text.
  private void bytes(StringBuilder value, int length, int radix, int from) {
    byte[] collected = new byte[4];
    int count = 0;
    int first = code(length, radix, from);
    collected[count++] = (byte) first;
    int wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    int resume = at;
    while (count < wanted
        && at + 1 < text.length()
        && text.charAt(at) == '\\'
        && (radix == 16 ? text.charAt(at + 1) == 'x' : isDigit(text.charAt(at + 1)))) {
      at += radix == 16 ? 2 : 1;
      collected[count++] = (byte) code(length, radix, from);
    }
    String decoded = new String(collected, 0, count, java.nio.charset.StandardCharsets.UTF_8);
    if (first < 0x80 || (count == wanted && decoded.indexOf('\uFFFD') < 0)) {
      value.append(decoded);
    } else {
      at = resume;
      value.append((char) (0xDC00 | first));
    }
  }

  private int code(int length, int radix, int from) {
    if (at + length > text.length()) {
      throw new LexicalMistake(from, "escape sequence not terminated");
    }
    int code = 0;
    for (int i = 0; i < length; i++) {
      int digit = Character.digit(text.charAt(at), radix);
      if (digit < 0) {
        throw new LexicalMistake(
            from,
            "illegal character U+%04X %s in escape sequence"
                .formatted((int) text.charAt(at), quoted(text.charAt(at))));
      }
      code = code * radix + digit;
      at++;
    }
    boolean byteEscape = length < 4;
    if (byteEscape ? code > 0xFF : !Character.isValidCodePoint(code) || isSurrogate(code)) {
      throw new LexicalMistake(from, "escape sequence is an invalid Unicode code point");
    }
    return code;
  }

  private static boolean isSurrogate(int code) {
    return code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
  }

  private void add(Token.Kind kind, String value, int from) {
    tokens.add(new Token(kind, value, text.substring(from, at), new Span(from, at)));
  }
}
