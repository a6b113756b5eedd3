package io.evenkeel.promql.promtest;

import io.evenkeel.model.Labels;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The notation of a series and its values in a script: `metric{a="b"} 1+2x3 _x2 stale`.
final class SeriesNotation {
  private static final String NUMBER =
      "(?:\\d[\\d_]*(?:\\.\\d+)?(?:[eE][-+]?\\d+)?|0x[0-9a-fA-F]+|\\.\\d+|[iI]nf|[nN]a[nN])";
  private static final Pattern EXPANSION =
      Pattern.compile("([-+]?" + NUMBER + ")(?:([-+])(-?" + NUMBER + "))?(?:x(\\d+))?");
  private static final Pattern GAP = Pattern.compile("_(?:x(\\d+))?");
  private static final Pattern STALE = Pattern.compile("stale(?:x(\\d+))?");
  private static final String PADDING = "__padding__";

  private SeriesNotation() {}

  /// A series and what a script says of its values as raw bits: null is no sample.
  record Line(Labels labels, List<@Nullable Long> bits) {}

  /// Something that this runner cannot express.
  static final class UnsupportedNotation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedNotation(String message) {
      super(message, null, false, false);
    }
  }

  static Line parse(String line) {
    int end = endOfSeries(line);
    String values = line.substring(end).strip();
    if (values.contains("{{")) {
      throw new UnsupportedNotation("native histograms are not evaluated yet: " + values);
    }
    List<@Nullable Long> bits = new ArrayList<>();
    for (String value : values.isEmpty() ? new String[0] : values.split("\\s+", -1)) {
      expand(value, bits);
    }
    return new Line(labels(line.substring(0, end).strip()), bits);
  }

  /// Behind the closing brace, or behind the name when there is none.
  private static int endOfSeries(String line) {
    int brace = line.indexOf('{');
    int blank = 0;
    while (blank < line.length() && !Character.isWhitespace(line.charAt(blank))) {
      blank++;
    }
    boolean named =
        brace < 0
            || line.startsWith("{{", brace)
            || (blank < brace && !line.substring(blank, brace).isBlank());
    if (named) {
      return blank;
    }
    char quote = 0;
    for (int i = brace; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        i += c == '\\' ? 1 : 0;
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'' || c == '`') {
        quote = c;
      } else if (c == '}') {
        return i + 1;
      }
    }
    return line.length();
  }

  private static Labels labels(String series) {
    if (series.matches("\\{\\s*}")) {
      return Labels.empty();
    }
    // The parser refuses selectors of empty matchers only, which a series may well be.
    int close = series.lastIndexOf('}');
    String inner = close < 0 ? "" : series.substring(series.indexOf('{') + 1, close).strip();
    String name = close < 0 ? series : series.substring(0, series.indexOf('{'));
    String separator = inner.isEmpty() || inner.endsWith(",") ? "" : ",";
    Expr parsed = Parser.parse(name + "{" + inner + separator + PADDING + "=\"x\"}");
    Labels.Builder labels = new Labels.Builder();
    if (parsed instanceof Expr.VectorSelector selector) {
      selector.matchers().forEach(matcher -> labels.set(matcher.name(), matcher.value()));
    }
    return labels.remove(PADDING).build();
  }

  private static void expand(String text, List<@Nullable Long> into) {
    Matcher gap = GAP.matcher(text);
    Matcher stale = STALE.matcher(text);
    Matcher expansion = EXPANSION.matcher(text);
    if (gap.matches()) {
      repeat(null, gap.group(1), into);
    } else if (stale.matches()) {
      repeat(StaleMarker.BITS, stale.group(1), into);
    } else if (expansion.matches()) {
      double value = number(expansion.group(1));
      double step = 0;
      if (expansion.group(3) != null) {
        step = number(expansion.group(3)) * (expansion.group(2).equals("-") ? -1 : 1);
      }
      int times = expansion.group(4) == null ? 0 : Integer.parseInt(expansion.group(4));
      for (int i = 0; i <= times; i++) {
        into.add(Double.doubleToRawLongBits(value));
        value += step;
      }
    } else {
      throw new UnsupportedNotation("the value '" + text + "' is not understood");
    }
  }

  private static void repeat(
      @Nullable Long bits, @Nullable String times, List<@Nullable Long> into) {
    int count = times == null ? 1 : Integer.parseInt(times);
    for (int i = 0; i < count; i++) {
      into.add(bits);
    }
  }

  /// A number as scripts write it, `Inf` and `NaN` in any case.
  static double number(String text) {
    String plain = text.replace("_", "").toLowerCase(Locale.ROOT);
    return switch (plain) {
      case "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan", "+nan", "-nan" -> Double.NaN;
      default ->
          plain.startsWith("0x")
              ? Long.parseLong(plain.substring(2), 16)
              : Double.parseDouble(plain);
    };
  }
}
