package io.evenkeel.model.exposition;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads a page of Prometheus's text format or of OpenMetrics, byte by byte.
///
/// A sample's series is told by where its bytes lie; labels are made only when they are asked for,
/// numbers are read without a text in between wherever that is exact. So a page of known series
/// costs no memory to speak of. Names may be quoted (`{"a.name", b="c"}`), as UTF-8 names are. A
/// fault is told with its line.
///
/// Formats: prometheus.io/docs/instrumenting/exposition_formats, and OpenMetrics 1.0 (where blank
/// lines and comments are faults and `# EOF` must end the page). Used by one thread, once.
public final class TextPage {
  private static final long EXACT_MANTISSA = 1L << 53;
  private static final double[] POWERS_OF_TEN = new double[23];

  static {
    for (int i = 0; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = Double.parseDouble("1e" + i);
    }
  }

  private final byte[] page;
  private final int end;
  private final boolean openMetrics;
  private final boolean withMetadata;
  private final PageSink sink;
  private final Series series = new Series();
  private int at;

  private String family = "";
  private MetricType type = MetricType.UNKNOWN;
  private String unit = "";
  private String help = "";

  private TextPage(
      byte[] page, int length, boolean openMetrics, boolean withMetadata, PageSink sink) {
    this.page = page;
    this.end = length;
    this.openMetrics = openMetrics;
    this.withMetadata = withMetadata;
    this.sink = sink;
  }

  /// Reads a whole page.
  ///
  /// @param withMetadata whether the sink wants to hear what the families mean
  /// @throws WireException with line and reason; the sink has heard of what stands before
  public static void read(
      byte[] page, int length, boolean openMetrics, boolean withMetadata, PageSink sink)
      throws WireException {
    new TextPage(page, length, openMetrics, withMetadata, sink).read();
  }

  private void read() throws WireException {
    boolean ended = false;
    while (at < end && !ended) {
      if (!openMetrics) {
        blanks();
        if (at >= end) {
          break;
        }
      }
      byte first = page[at];
      if (first == '\n') {
        if (openMetrics) {
          throw fault("a blank line, which OpenMetrics does not allow");
        }
        at++;
      } else if (first == '#') {
        ended = comment();
      } else {
        sample();
      }
    }
    tellFamily();
    if (openMetrics && !ended) {
      throw fault("the page ends without '# EOF': it was cut off");
    }
    if (ended && at < end) {
      throw fault("something stands behind '# EOF'");
    }
  }

  // --- comments ---

  /// Reads a line that begins with '#'; answers whether it ends the page.
  private boolean comment() throws WireException {
    int line = at;
    at++;
    int afterHash = at;
    blanks();
    if (openMetrics && at - afterHash != 1) {
      throw fault("expected '# ' and HELP, TYPE, UNIT or EOF");
    }
    int from = at;
    while (at < end && page[at] != '\n' && !isBlank(page[at])) {
      at++;
    }
    int length = at - from;
    if (openMetrics && is(from, length, "EOF")) {
      endOfLine();
      return true;
    }
    boolean helpLine = is(from, length, "HELP");
    boolean typeLine = is(from, length, "TYPE");
    boolean unitLine = openMetrics && is(from, length, "UNIT");
    if (!helpLine && !typeLine && !unitLine) {
      if (openMetrics) {
        at = line;
        throw fault("a comment that is not HELP, TYPE, UNIT or EOF");
      }
      skipLine();
      return false;
    }
    blanks();
    int nameFrom = at;
    int nameLength = familyName();
    blanks();
    int textFrom = at;
    skipLine();
    int textTo = at > textFrom && page[at - 1] == '\n' ? at - 1 : at;
    if (typeLine) {
      MetricType told = typeOf(textFrom, textTo);
      if (told == null) {
        at = textFrom;
        throw fault("'" + text(textFrom, textTo) + "' is not a type of metric");
      }
      if (withMetadata) {
        enterFamily(nameFrom, nameLength);
        type = told;
      }
    } else if (withMetadata) {
      enterFamily(nameFrom, nameLength);
      if (helpLine) {
        help = unescape(textFrom, textTo);
      } else {
        unit = text(textFrom, textTo);
      }
    }
    return false;
  }

  /// Goes over a family's name, quoted or not, and answers the name's length.
  private int familyName() throws WireException {
    int from = at;
    if (at < end && page[at] == '"') {
      quoted();
    } else {
      while (at < end && isNameByte(page[at], at == from, true)) {
        at++;
      }
    }
    if (at == from || at < end && !isBlank(page[at]) && page[at] != '\n') {
      throw fault("expected the name of a metric");
    }
    return at - from;
  }

  private void enterFamily(int from, int length) throws WireException {
    boolean same = is(from, length, family);
    if (!same) {
      tellFamily();
      family =
          page[from] == '"' ? unescape(from + 1, from + length - 1) : text(from, from + length);
    }
  }

  private void tellFamily() {
    if (!family.isEmpty()) {
      sink.metadata(new MetricMetadata(family, type, unit, help));
    }
    family = "";
    type = MetricType.UNKNOWN;
    unit = "";
    help = "";
  }

  private @Nullable MetricType typeOf(int from, int to) {
    int length = to - from;
    if (is(from, length, "counter")) {
      return MetricType.COUNTER;
    }
    if (is(from, length, "gauge")) {
      return MetricType.GAUGE;
    }
    if (is(from, length, "histogram")) {
      return MetricType.HISTOGRAM;
    }
    if (is(from, length, "gaugehistogram")) {
      return MetricType.GAUGE_HISTOGRAM;
    }
    if (is(from, length, "summary")) {
      return MetricType.SUMMARY;
    }
    if (is(from, length, "info")) {
      return MetricType.INFO;
    }
    if (is(from, length, "stateset")) {
      return MetricType.STATE_SET;
    }
    return is(from, length, "untyped") || is(from, length, "unknown") ? MetricType.UNKNOWN : null;
  }

  // --- samples ---

  private void sample() throws WireException {
    int line = at;
    series.from = at;
    series.nameTo = at;
    if (page[at] != '{') {
      while (at < end && isNameByte(page[at], at == line, true)) {
        at++;
      }
      if (at == line) {
        throw fault("expected the name of a metric");
      }
      series.nameTo = at;
      series.to = at;
      // Blanks may stand before the labels; they are then part of the series' bytes.
      blanks();
    }
    if (at < end && page[at] == '{') {
      labels(series.nameTo == line);
      series.to = at;
      blanks();
    } else if (at == series.to) {
      throw fault("expected a value after the name");
    }
    long valueBits = number("a value");
    long timestampMillis = PageSink.NO_TIME;
    Exemplar exemplar = null;
    blanks();
    if (at < end && page[at] != '\n' && page[at] != '#') {
      timestampMillis = openMetrics ? secondsAsMillis() : integer();
      blanks();
    }
    if (openMetrics && at < end && page[at] == '#') {
      exemplar = exemplar(timestampMillis);
    }
    endOfLine();
    try {
      sink.sample(series, timestampMillis, valueBits, 0, exemplar);
    } catch (InvalidLabelsException e) {
      at = line;
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  /// Goes over `{…}`; a quoted name may stand first where none stood before.
  private void labels(boolean nameInside) throws WireException {
    at++;
    boolean named = !nameInside;
    boolean first = true;
    while (true) {
      blanks();
      if (at >= end || page[at] == '\n') {
        throw fault("the labels are not closed with '}'");
      }
      if (page[at] == '}') {
        break;
      }
      if (!first) {
        if (page[at] != ',') {
          throw fault("expected ',' or '}' between labels");
        }
        at++;
        blanks();
        if (at < end && page[at] == '}') {
          break;
        }
      }
      first = false;
      boolean quoted = at < end && page[at] == '"';
      labelName();
      blanks();
      if (quoted && !named && (at >= end || page[at] != '=')) {
        named = true;
        continue;
      }
      if (at >= end || page[at] != '=') {
        throw fault("expected '=' after a label's name");
      }
      at++;
      blanks();
      if (at >= end || page[at] != '"') {
        throw fault("expected a label's value in quotes");
      }
      quoted();
    }
    if (!named) {
      throw fault("a series has no name");
    }
    at++;
  }

  private void labelName() throws WireException {
    if (at < end && page[at] == '"') {
      quoted();
      return;
    }
    int from = at;
    while (at < end && isNameByte(page[at], at == from, false)) {
      at++;
    }
    if (at == from) {
      throw fault("expected the name of a label");
    }
  }

  /// Goes over a text in quotes.
  private void quoted() throws WireException {
    at++;
    while (at < end && page[at] != '"') {
      if (page[at] == '\n') {
        throw fault("a text in quotes goes beyond its line");
      }
      at += page[at] == '\\' && at + 1 < end && page[at + 1] != '\n' ? 2 : 1;
    }
    if (at >= end) {
      throw fault("a text in quotes does not end");
    }
    at++;
  }

  private Exemplar exemplar(long sampleMillis) throws WireException {
    int from = at;
    at++;
    blanks();
    if (at >= end || page[at] != '{') {
      throw fault("expected the labels of an exemplar after '#'");
    }
    Labels labels;
    int labelsFrom = at;
    labels(false);
    try {
      labels = readLabels(labelsFrom, at, labelsFrom, labelsFrom);
    } catch (InvalidLabelsException e) {
      at = from;
      throw fault("an exemplar: " + e.getMessage());
    }
    blanks();
    double value = Double.longBitsToDouble(number("an exemplar's value"));
    blanks();
    long millis = sampleMillis;
    if (at < end && page[at] != '\n') {
      millis = secondsAsMillis();
      blanks();
    }
    return new Exemplar(labels, value, millis);
  }

  // --- numbers ---

  /// Reads a number and answers its bits: digits, a fraction and an exponent exactly without a text
  /// where mantissa and power are exact doubles (Clinger 1990), else by the JDK.
  private long number(String what) throws WireException {
    int from = at;
    boolean negative = at < end && page[at] == '-';
    if (negative || at < end && page[at] == '+') {
      at++;
    }
    long mantissa = 0;
    int digits = 0;
    int scale = 0;
    boolean point = false;
    boolean plain = true;
    for (; at < end; at++) {
      byte b = page[at];
      if (b >= '0' && b <= '9') {
        if (digits < 18) {
          mantissa = 10 * mantissa + (b - '0');
          scale -= point ? 1 : 0;
        } else {
          plain = false;
        }
        digits++;
      } else if (b == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (digits == 0) {
      return word(from, what);
    }
    if (at < end && (page[at] == 'e' || page[at] == 'E')) {
      scale += exponent(from, what);
    }
    if (at < end && !isBlank(page[at]) && page[at] != '\n') {
      throw faultyNumber(from, what);
    }
    if (plain && mantissa <= EXACT_MANTISSA && Math.abs(scale) < POWERS_OF_TEN.length) {
      double value = scale < 0 ? mantissa / POWERS_OF_TEN[-scale] : mantissa * POWERS_OF_TEN[scale];
      return Double.doubleToRawLongBits(negative ? -value : value);
    }
    return Double.doubleToRawLongBits(
        Double.parseDouble(new String(page, from, at - from, StandardCharsets.US_ASCII)));
  }

  private int exponent(int from, String what) throws WireException {
    at++;
    boolean negative = at < end && page[at] == '-';
    if (negative || at < end && page[at] == '+') {
      at++;
    }
    int exponent = 0;
    int digits = 0;
    for (; at < end && page[at] >= '0' && page[at] <= '9'; at++, digits++) {
      exponent = Math.min(100_000, 10 * exponent + (page[at] - '0'));
    }
    if (digits == 0) {
      throw faultyNumber(from, what);
    }
    return negative ? -exponent : exponent;
  }

  /// Infinity and NaN, in any case, as Go reads them.
  private long word(int from, String what) throws WireException {
    boolean signed = from < end && (page[from] == '-' || page[from] == '+');
    int letters = signed ? from + 1 : from;
    at = letters;
    while (at < end && !isBlank(page[at]) && page[at] != '\n') {
      at++;
    }
    int length = at - letters;
    boolean negative = letters > from && page[from] == '-';
    if (isIgnoringCase(letters, length, "inf") || isIgnoringCase(letters, length, "infinity")) {
      return Double.doubleToRawLongBits(
          negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    if (isIgnoringCase(letters, length, "nan")) {
      return Double.doubleToRawLongBits(Double.NaN);
    }
    throw faultyNumber(from, what);
  }

  private WireException faultyNumber(int from, String what) {
    int to = from;
    while (to < end && !isBlank(page[to]) && page[to] != '\n') {
      to++;
    }
    at = from;
    return fault("expected " + what + ", found '" + text(from, to) + "'");
  }

  /// A time in whole milliseconds.
  private long integer() throws WireException {
    int from = at;
    boolean negative = page[at] == '-';
    if (negative) {
      at++;
    }
    long value = 0;
    int digits = 0;
    for (; at < end && page[at] >= '0' && page[at] <= '9'; at++, digits++) {
      value = 10 * value + (page[at] - '0');
    }
    if (digits == 0 || digits > 18 || at < end && !isBlank(page[at]) && page[at] != '\n') {
      throw faultyNumber(from, "a time in milliseconds");
    }
    return negative ? -value : value;
  }

  /// A time in seconds with a fraction, as OpenMetrics has it.
  private long secondsAsMillis() throws WireException {
    int from = at;
    double seconds = Double.longBitsToDouble(number("a time in seconds"));
    if (!(Math.abs(seconds) < 1e14)) {
      throw faultyNumber(from, "a time in seconds");
    }
    return Math.round(seconds * 1000);
  }

  // --- the series that was read last ---

  private final class Series implements PageSeries {
    private int from;
    private int nameTo;
    private int to;

    @Override
    public byte[] bytes() {
      return page;
    }

    @Override
    public int offset() {
      return from;
    }

    @Override
    public int length() {
      return to - from;
    }

    @Override
    public Labels labels() throws InvalidLabelsException {
      return readLabels(nameTo, to, from, nameTo);
    }
  }

  /// Reads labels that [#labels] has gone over.
  private Labels readLabels(int from, int to, int nameFrom, int nameTo)
      throws InvalidLabelsException {
    Labels.Builder labels = new Labels.Builder();
    if (nameTo > nameFrom) {
      labels.set(Label.METRIC_NAME, utf8(nameFrom, nameTo));
    }
    int i = from;
    while (i < to) {
      byte b = page[i];
      if (b == '{' || b == '}' || b == ',' || isBlank(b)) {
        i++;
        continue;
      }
      int textTo = endOfName(i);
      String name = b == '"' ? utf8Unescaped(i + 1, textTo - 1) : utf8(i, textTo);
      i = textTo;
      while (i < to && isBlank(page[i])) {
        i++;
      }
      String value = name;
      if (i < to && page[i] == '=') {
        i++;
        while (isBlank(page[i])) {
          i++;
        }
        int valueTo = endOfName(i);
        value = utf8Unescaped(i + 1, valueTo - 1);
        i = valueTo;
      } else {
        name = Label.METRIC_NAME;
        if (value.isEmpty()) {
          throw new InvalidLabelsException("a series has no name");
        }
      }
      if (name.isEmpty()) {
        throw new InvalidLabelsException("a label has no name");
      }
      if (labels.has(name)) {
        throw new InvalidLabelsException("label '" + name + "' stands twice");
      }
      labels.set(name, value);
    }
    return labels.build();
  }

  /// Where a name or a text in quotes ends.
  private int endOfName(int from) {
    int i = from;
    if (page[i] == '"') {
      i++;
      while (page[i] != '"') {
        i += page[i] == '\\' ? 2 : 1;
      }
      return i + 1;
    }
    while (i < end && isNameByte(page[i], i == from, false)) {
      i++;
    }
    return i;
  }

  private String utf8Unescaped(int from, int to) throws InvalidLabelsException {
    for (int i = from; i < to; i++) {
      if (page[i] == '\\') {
        return unescaped(utf8(from, to));
      }
    }
    return utf8(from, to);
  }

  private String utf8(int from, int to) throws InvalidLabelsException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(page, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidLabelsException("a name or value is not UTF-8");
    }
  }

  /// A comment's text, where what is not UTF-8 costs only itself.
  private String text(int from, int to) {
    return new String(page, from, Math.min(to - from, 4096), StandardCharsets.UTF_8);
  }

  private String unescape(int from, int to) {
    return unescaped(text(from, to));
  }

  /// Resolves the three escapes there are; another backslash stands for itself.
  private static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : 0;
      if (next == '\\' || next == '"' || next == 'n') {
        out.append(next == 'n' ? '\n' : next);
        i++;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  // --- lines and bytes ---

  private void blanks() {
    while (at < end && isBlank(page[at])) {
      at++;
    }
  }

  private void skipLine() {
    while (at < end && page[at] != '\n') {
      at++;
    }
    if (at < end) {
      at++;
    }
  }

  private void endOfLine() throws WireException {
    if (at < end && page[at] != '\n') {
      int to = at;
      while (to < end && page[to] != '\n' && to - at < 40) {
        to++;
      }
      throw fault("expected the end of the line, found '" + text(at, to) + "'");
    }
    if (at < end) {
      at++;
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static boolean isNameByte(byte b, boolean first, boolean metric) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b == '_'
        || metric && b == ':'
        || !first && b >= '0' && b <= '9';
  }

  private boolean is(int from, int length, String word) {
    if (length != word.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (page[from + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean isIgnoringCase(int from, int length, String lowerCaseWord) {
    if (length != lowerCaseWord.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if ((page[from + i] | 0x20) != lowerCaseWord.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private WireException fault(String what) {
    int line = 1;
    for (int i = 0; i < Math.min(at, end); i++) {
      if (page[i] == '\n') {
        line++;
      }
    }
    return WireException.malformed("line " + line + ": " + what);
  }
}
