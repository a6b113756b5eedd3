package io.evenkeel.gateway.proxy;

import io.netty.buffer.ByteBuf;

/// Checks the bytes of an HTTP/1 request head against the grammar of RFC 9112 before anything
/// parses them, so that nobody before or behind us can read the same bytes as another request.
///
/// Refused are bare LF and CR, NUL and other control characters, folded lines, white space before a
/// colon, more or fewer than one Host, more than one Content-Length or one that is no number, a
/// Transfer-Encoding other than `chunked` alone, and both of them together. Not thread-safe: one
/// for each connection, it remembers how far it looked.
final class RequestHead {
  private static final boolean[] TOKEN = tokens();

  private final int mostLineBytes;
  private final int mostHeaderBytes;
  private final int mostHeaders;
  private int looked;

  RequestHead(int mostLineBytes, int mostHeaderBytes, int mostHeaders) {
    this.mostLineBytes = mostLineBytes;
    this.mostHeaderBytes = mostHeaderBytes;
    this.mostHeaders = mostHeaders;
  }

  /// What the bytes so far are.
  sealed interface Verdict {
    /// Not a whole head yet.
    record Incomplete() implements Verdict {}

    /// A head that may be parsed.
    record Complete() implements Verdict {}

    /// A head that is refused.
    record Refused(Refusal refusal) implements Verdict {}
  }

  private static final Verdict INCOMPLETE = new Verdict.Incomplete();
  private static final Verdict COMPLETE = new Verdict.Complete();

  private static boolean[] tokens() {
    boolean[] token = new boolean[256];
    for (int c = 0; c < 128; c++) {
      token[c] = Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
    return token;
  }

  private static boolean isToken(byte b) {
    return TOKEN[b & 0xFF];
  }

  /// Looks at the bytes from the reader index on. Empty lines before a request line are skipped, as
  /// RFC 9112, section 2.2, asks.
  Verdict look(ByteBuf in) {
    while (looked == 0
        && in.readableBytes() >= 2
        && in.getByte(in.readerIndex()) == '\r'
        && in.getByte(in.readerIndex() + 1) == '\n') {
      in.skipBytes(2);
    }
    int start = in.readerIndex();
    int end = in.writerIndex();
    if (!hasEnd(in, start, end)) {
      return tooMuch(in, start, end);
    }
    looked = 0;
    return check(in, start, end);
  }

  /// Whether the empty line that ends a head is there; remembers where to look on.
  private boolean hasEnd(ByteBuf in, int start, int end) {
    int from = start + Math.max(0, looked - 3);
    while (true) {
      int lf = in.indexOf(from, end, (byte) '\n');
      if (lf < 0) {
        looked = end - start;
        return false;
      }
      // Any line that could count as empty ends the wait; whether it may is checked then.
      if (lf == start
          || lf + 1 < end && in.getByte(lf + 1) == '\n'
          || lf + 2 < end && in.getByte(lf + 1) == '\r' && in.getByte(lf + 2) == '\n') {
        return true;
      }
      from = lf + 1;
    }
  }

  private Verdict tooMuch(ByteBuf in, int start, int end) {
    if (end > start && !isToken(in.getByte(start)) && in.getByte(start) != '\r') {
      return refuse("a request begins with a method");
    }
    int lf = in.indexOf(start, end, (byte) '\n');
    int line = lf < 0 ? end - start : lf - start;
    if (line > mostLineBytes) {
      return new Verdict.Refused(Refusal.of(414, "the request line is too long"));
    }
    if (end - start > mostLineBytes + mostHeaderBytes) {
      return new Verdict.Refused(Refusal.of(431, "the header is too large"));
    }
    return INCOMPLETE;
  }

  private Verdict check(ByteBuf in, int start, int end) {
    int i = start;
    while (i < end && isToken(in.getByte(i))) {
      i++;
    }
    if (i == start || i >= end || in.getByte(i) != ' ') {
      return refuse("the request line is not 'method SP target SP version'");
    }
    i++;
    int target = i;
    while (i < end && in.getByte(i) > 0x20 && in.getByte(i) != 0x7F) {
      i++;
    }
    if (i == target || i + 11 > end || in.getByte(i) != ' ') {
      return refuse("the request target is empty or has characters that are not allowed");
    }
    i++;
    if (in.getByte(i) != 'H'
        || in.getByte(i + 1) != 'T'
        || in.getByte(i + 2) != 'T'
        || in.getByte(i + 3) != 'P'
        || in.getByte(i + 4) != '/') {
      return refuse("the request line has no version");
    }
    byte major = in.getByte(i + 5);
    byte minor = in.getByte(i + 7);
    if (major != '1' || in.getByte(i + 6) != '.' || minor != '0' && minor != '1') {
      return new Verdict.Refused(Refusal.of(505, "the version is neither HTTP/1.1 nor HTTP/1.0"));
    }
    if (in.getByte(i + 8) != '\r' || in.getByte(i + 9) != '\n') {
      return refuse("the request line does not end with CR LF");
    }
    i += 10;
    if (i - start > mostLineBytes + 2) {
      return new Verdict.Refused(Refusal.of(414, "the request line is too long"));
    }
    return checkFields(in, i, end, minor == '1');
  }

  private Verdict checkFields(ByteBuf in, int from, int end, boolean version11) {
    int i = from;
    int count = 0;
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
    while (true) {
      if (i + 1 >= end) {
        return refuse("the header does not end with an empty line");
      }
      byte first = in.getByte(i);
      if (first == '\r') {
        if (in.getByte(i + 1) != '\n') {
          return refuse("a CR stands alone");
        }
        i += 2;
        break;
      }
      int name = i;
      while (i < end && isToken(in.getByte(i))) {
        i++;
      }
      if (i == name || i >= end || in.getByte(i) != ':') {
        return refuse("a header line is not 'name: value'");
      }
      int nameLength = i - name;
      int value = i + 1;
      int lf = in.indexOf(value, end, (byte) '\n');
      if (lf < 0 || in.getByte(lf - 1) != '\r') {
        return refuse("a header line does not end with CR LF");
      }
      for (int v = value; v < lf - 1; v++) {
        byte b = in.getByte(v);
        if (b >= 0 && b < 0x20 && b != '\t' || b == 0x7F) {
          return refuse("a header value has a control character");
        }
      }
      if (++count > mostHeaders || lf - from > mostHeaderBytes) {
        return new Verdict.Refused(Refusal.of(431, "the header is too large"));
      }
      if (nameLength == 4 && is(in, name, "host")) {
        hosts++;
      } else if (nameLength == 14 && is(in, name, "content-length")) {
        lengths++;
        if (!isNumber(in, value, lf - 1)) {
          return refuse("Content-Length is not a number");
        }
      } else if (nameLength == 17 && is(in, name, "transfer-encoding")) {
        encodings++;
        if (!isChunked(in, value, lf - 1)) {
          return new Verdict.Refused(Refusal.of(501, "Transfer-Encoding is not 'chunked' alone"));
        }
      }
      i = lf + 1;
    }
    if (hosts > 1 || hosts == 0 && version11) {
      return refuse("there must be one Host");
    }
    if (lengths > 1) {
      return refuse("Content-Length is given more than once");
    }
    if (encodings > 1 || encodings == 1 && (lengths == 1 || !version11)) {
      return refuse("the length of the body is given in two ways");
    }
    return COMPLETE;
  }

  private static boolean is(ByteBuf in, int at, String lower) {
    for (int i = 0; i < lower.length(); i++) {
      int b = in.getByte(at + i);
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNumber(ByteBuf in, int from, int to) {
    int start = skipSpace(in, from, to);
    int stop = trimSpace(in, start, to);
    if (start == stop || stop - start > 18) {
      return false;
    }
    for (int i = start; i < stop; i++) {
      byte b = in.getByte(i);
      if (b < '0' || b > '9') {
        return false;
      }
    }
    return true;
  }

  private static boolean isChunked(ByteBuf in, int from, int to) {
    int start = skipSpace(in, from, to);
    int stop = trimSpace(in, start, to);
    return stop - start == 7 && is(in, start, "chunked");
  }

  private static int skipSpace(ByteBuf in, int from, int to) {
    int i = from;
    while (i < to && (in.getByte(i) == ' ' || in.getByte(i) == '\t')) {
      i++;
    }
    return i;
  }

  private static int trimSpace(ByteBuf in, int from, int to) {
    int i = to;
    while (i > from && (in.getByte(i - 1) == ' ' || in.getByte(i - 1) == '\t')) {
      i--;
    }
    return i;
  }

  private static Verdict refuse(String why) {
    return new Verdict.Refused(Refusal.of(400, why));
  }
}
