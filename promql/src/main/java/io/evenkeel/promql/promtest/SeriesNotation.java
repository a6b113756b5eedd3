package io.evenkeel.promql.promtest;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.histogram.Histogram.Combination;
import io.evenkeel.promql.parse.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The notation of a series and its values in a script: `metric{a="b"} 1+2x3 _x2 stale {{sum:1}}`.
public final class SeriesNotation {
  private static final String NUMBER =
      "(?:\\d[\\d_]*(?:\\.\\d*)?(?:[eE][-+]?\\d+)?|0x[0-9a-fA-F]+|\\.\\d+(?:[eE][-+]?\\d+)?|[iI]nf|[nN]a[nN])";
  private static final Pattern EXPANSION =
      Pattern.compile("([-+]?" + NUMBER + ")(?:([-+])([-+]?" + NUMBER + "))?(?:x(\\d+))?");
  private static final Pattern GAP = Pattern.compile("_(?:x(\\d+))?");
  private static final Pattern STALE = Pattern.compile("stale(?:x(\\d+))?");
  private static final int MOST_REPEATS = 1_000_000;

  private SeriesNotation() {}

  /// A series and its values at regular times; null where there is none.
  ///
  /// @param text the series as written, without its values
  record Line(String text, Labels labels, List<@Nullable Point> points) {}

  /// What is no notation of a series.
  public static final class NotationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotationException(String message) {
      super(message, null, false, false);
    }
  }

  /// @throws NotationException when the values are not understood
  /// @throws io.evenkeel.promql.parse.PromqlSyntaxException when the series is not
  static Line parse(String line) {
    int end = endOfSeries(line);
    String series = line.substring(0, end).strip();
    return new Line(series, labels(series), points(line.substring(end).strip()));
  }

  /// Behind the closing brace, or behind the name when there are no braces.
  static int endOfSeries(String line) {
    int brace = line.indexOf('{');
    int blank = 0;
    while (blank < line.length() && !Character.isWhitespace(line.charAt(blank))) {
      blank++;
    }
    boolean named =
        brace < 0
            || line.startsWith("{{", brace)
            || (blank < brace && !followsName(line, blank, brace));
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

  private static boolean followsName(String line, int blank, int brace) {
    return line.substring(blank, brace).isBlank();
  }

  /// The labels of a series, `metric{a="b"}`.
  ///
  /// @throws io.evenkeel.promql.parse.PromqlSyntaxException when it is none
  public static Labels labels(String series) {
    Labels.Builder labels = new Labels.Builder();
    Parser.seriesDescription(series)
        .forEach(matcher -> labels.set(matcher.name(), matcher.value()));
    return labels.build();
  }

  /// The values of a series.
  static List<@Nullable Point> points(String values) {
    List<@Nullable Point> points = new ArrayList<>();
    int at = 0;
    while (at < values.length()) {
      if (Character.isWhitespace(values.charAt(at))) {
        at++;
      } else if (values.startsWith("{{", at)) {
        at = histograms(values, at, points);
      } else {
        int end = at;
        while (end < values.length() && !Character.isWhitespace(values.charAt(end))) {
          end++;
        }
        expand(values.substring(at, end), points);
        at = end;
      }
    }
    return points;
  }

  private static int histograms(String values, int from, List<@Nullable Point> into) {
    int end = closing(values, from);
    Point first = HistogramNotation.parse(values.substring(from + 2, end));
    Histogram base = histogram(first);
    int at = end + 2;
    Histogram step = null;
    boolean minus = false;
    if (at < values.length() && (values.startsWith("+{{", at) || values.startsWith("-{{", at))) {
      minus = values.charAt(at) == '-';
      end = closing(values, at + 1);
      step = histogram(HistogramNotation.parse(values.substring(at + 3, end)));
      at = end + 2;
    }
    int times = 0;
    if (at < values.length() && values.charAt(at) == 'x') {
      int digits = at + 1;
      while (digits < values.length() && Character.isDigit(values.charAt(digits))) {
        digits++;
      }
      times = count(values.substring(at + 1, digits));
      at = digits;
    }
    for (int i = 0; i <= times; i++) {
      into.add(Point.of(base, first.hintGiven()));
      if (step != null) {
        Optional<Combination> next = minus ? base.minus(step) : base.plus(step);
        base =
            next.orElseThrow(
                    () -> new NotationException("these histograms cannot be added: " + values))
                .value();
      }
    }
    return at;
  }

  /// A histogram, `{{schema:0 sum:5 count:4 buckets:[1 2 1]}}`.
  ///
  /// @throws NotationException when it is none
  public static Histogram histogram(String text) {
    String inside = text.strip();
    if (!inside.startsWith("{{") || !inside.endsWith("}}")) {
      throw new NotationException("a histogram stands in double braces: " + text);
    }
    return histogram(HistogramNotation.parse(inside.substring(2, inside.length() - 2)));
  }

  private static Histogram histogram(Point point) {
    if (point.histogram() == null) {
      throw new IllegalStateException("expected a histogram");
    }
    return point.histogram();
  }

  private static int closing(String values, int from) {
    int end = values.indexOf("}}", from);
    if (end < 0) {
      throw new NotationException("a histogram is not closed: " + values.substring(from));
    }
    return end;
  }

  private static void expand(String text, List<@Nullable Point> into) {
    Matcher gap = GAP.matcher(text);
    Matcher stale = STALE.matcher(text);
    Matcher expansion = EXPANSION.matcher(text);
    if (gap.matches()) {
      repeat(null, gap.group(1), into);
    } else if (stale.matches()) {
      repeat(Point.STALE, stale.group(1), into);
    } else if (expansion.matches()) {
      double value = number(expansion.group(1));
      double step = 0;
      if (expansion.group(3) != null) {
        step = number(expansion.group(3)) * (expansion.group(2).equals("-") ? -1 : 1);
      }
      int times = expansion.group(4) == null ? 0 : count(expansion.group(4));
      for (int i = 0; i <= times; i++) {
        into.add(Point.of(value));
        value += step;
      }
    } else {
      throw new NotationException("the value '" + text + "' is not understood");
    }
  }

  private static void repeat(
      @Nullable Point point, @Nullable String times, List<@Nullable Point> into) {
    int count = times == null ? 1 : count(times);
    for (int i = 0; i < count; i++) {
      into.add(point);
    }
  }

  private static int count(String digits) {
    if (digits.isEmpty() || digits.length() > 7 || Integer.parseInt(digits) > MOST_REPEATS) {
      throw new NotationException("'x" + digits + "' is no number of repeats");
    }
    return Integer.parseInt(digits);
  }

  /// A number as scripts write it, `Inf` and `NaN` in any case.
  static double number(String text) {
    String plain = text.replace("_", "").toLowerCase(Locale.ROOT);
    try {
      return switch (plain) {
        case "inf", "+inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        case "nan", "+nan", "-nan" -> Double.NaN;
        default ->
            plain.startsWith("0x")
                ? Long.parseLong(plain.substring(2), 16)
                : Double.parseDouble(plain);
      };
    } catch (NumberFormatException e) {
      throw new NotationException("'" + text + "' is no number");
    }
  }
}
