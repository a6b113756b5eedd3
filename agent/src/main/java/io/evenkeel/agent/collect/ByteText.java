package io.evenkeel.agent.collect;

/// Walks over ASCII bytes of a kernel file: lines, words and numbers, without making strings.
///
/// Reading past the end gives empty words and [#NO_NUMBER]; nothing throws on strange input.
public final class ByteText {
  /// What [#number] answers when there is no number.
  public static final long NO_NUMBER = Long.MIN_VALUE;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int lineEnd;

  /// The word that was read last, as offsets into the bytes.
  private int wordFrom;

  private int wordTo;

  public ByteText(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.end = end;
    this.at = from;
    this.lineEnd = from - 1;
  }

  /// Whether there is no text at all.
  public boolean isEmpty() {
    return at >= end;
  }

  /// Goes to the next line; false when there is none.
  public boolean nextLine() {
    at = lineEnd + 1;
    if (at >= end) {
      at = end;
      lineEnd = end;
      wordFrom = end;
      wordTo = end;
      return false;
    }
    lineEnd = at;
    while (lineEnd < end && bytes[lineEnd] != '\n') {
      lineEnd++;
    }
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  /// Reads the next word of the line; false when there is none.
  public boolean nextWord() {
    while (at < lineEnd && isBlank(bytes[at])) {
      at++;
    }
    wordFrom = at;
    while (at < lineEnd && !isBlank(bytes[at])) {
      at++;
    }
    wordTo = at;
    return wordTo > wordFrom;
  }

  /// Reads up to a separator, which is skipped; false when the line has none left.
  public boolean nextUntil(char separator) {
    while (at < lineEnd && isBlank(bytes[at])) {
      at++;
    }
    int found = at;
    while (found < lineEnd && bytes[found] != separator) {
      found++;
    }
    if (found == lineEnd) {
      return false;
    }
    wordFrom = at;
    wordTo = found;
    at = found + 1;
    return true;
  }

  /// Reads up to the last of a separator in the line, which is skipped; false when there is none.
  public boolean nextUntilLast(char separator) {
    int found = lineEnd - 1;
    while (found >= at && bytes[found] != separator) {
      found--;
    }
    if (found < at) {
      return false;
    }
    wordFrom = at;
    wordTo = found;
    at = found + 1;
    return true;
  }

  /// Takes all that is left as one line, line ends included.
  public boolean restAsLine() {
    at = lineEnd + 1;
    lineEnd = end;
    return at < end;
  }

  /// The first character of the last word; 0 when it is empty.
  public char firstChar() {
    return wordTo > wordFrom ? (char) (bytes[wordFrom] & 0xFF) : 0;
  }

  /// Whether the last word is this.
  public boolean is(String word) {
    return wordTo - wordFrom == word.length() && startsWith(word);
  }

  /// Whether the last word begins so.
  public boolean startsWith(String prefix) {
    if (wordTo - wordFrom < prefix.length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (bytes[wordFrom + i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Drops characters at the beginning of the last word.
  public void dropFirst(int count) {
    wordFrom = Math.min(wordTo, wordFrom + count);
  }

  /// Drops characters at the end of the last word.
  public void dropLast(int count) {
    wordTo = Math.max(wordFrom, wordTo - count);
  }

  /// The last word, as a string that is made once for the same bytes.
  public String text(Names names) {
    return names.of(bytes, wordFrom, wordTo);
  }

  /// The last word as a decimal number, or [#NO_NUMBER].
  public long wordAsNumber() {
    return parse(wordFrom, wordTo, 10);
  }

  /// The last word as a hexadecimal number, or [#NO_NUMBER].
  public long wordAsHex() {
    return parse(wordFrom, wordTo, 16);
  }

  /// Reads the next word as a decimal number; [#NO_NUMBER] when it is none.
  public long number() {
    return nextWord() ? wordAsNumber() : NO_NUMBER;
  }

  /// Reads the next word as a decimal fraction; NaN when it is none.
  public double fraction() {
    if (!nextWord()) {
      return Double.NaN;
    }
    int dot = wordFrom;
    while (dot < wordTo && bytes[dot] != '.') {
      dot++;
    }
    long whole = parse(wordFrom, dot, 10);
    if (whole == NO_NUMBER) {
      return Double.NaN;
    }
    if (dot >= wordTo - 1) {
      return whole;
    }
    long part = parse(dot + 1, wordTo, 10);
    double fraction = part == NO_NUMBER ? Double.NaN : part / Math.pow(10, wordTo - dot - 1);
    return bytes[wordFrom] == '-' ? whole - fraction : whole + fraction;
  }

  /// Skips words of the line.
  public void skip(int words) {
    for (int i = 0; i < words; i++) {
      nextWord();
    }
  }

  private long parse(int from, int to, int radix) {
    int i = from;
    boolean negative = i < to && bytes[i] == '-';
    if (negative) {
      i++;
    }
    if (i >= to) {
      return NO_NUMBER;
    }
    long most = Long.MAX_VALUE / radix;
    long value = 0;
    for (; i < to; i++) {
      int digit = digit(bytes[i]);
      // A number beyond 63 bits is no number here, rather than a wrong one.
      if (digit >= radix || value > most) {
        return NO_NUMBER;
      }
      value = value * radix + digit;
      if (value < 0) {
        return NO_NUMBER;
      }
    }
    return negative ? -value : value;
  }

  /// The value of a digit; 99 for what is none.
  private static int digit(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    if (b >= 'a' && b <= 'f') {
      return b - 'a' + 10;
    }
    return b >= 'A' && b <= 'F' ? b - 'A' + 10 : 99;
  }
}
