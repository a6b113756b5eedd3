package io.evenkeel.hub.ruletest;

import io.evenkeel.model.Utf8Order;
import io.evenkeel.promql.parse.Durations;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

/// How promtool prints labels, numbers and durations.
final class GoText {
  private GoText() {}

  /// `{a="b", c="d"}`, sorted by name.
  static String labels(Map<String, String> labels) {
    StringBuilder text = new StringBuilder("{");
    labels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Utf8Order.INSTANCE))
        .forEach(label ->
            text.append(text.length() > 1 ? ", " : "")
                .append(label.getKey())
                .append('=')
                .append(quoted(label.getValue())));
    return text.append('}').toString();
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  static String duration(Duration duration) {
    return duration.isZero() ? "0s" : Durations.format(duration.toMillis());
  }

  /// Go's own form, `1h2m0s`.
  static String elapsed(Duration duration) {
    String hours = duration.toHours() == 0 ? "" : duration.toHours() + "h";
    String minutes = duration.toMinutes() == 0 ? "" : duration.toMinutesPart() + "m";
    BigDecimal seconds = BigDecimal.valueOf(duration.toMillis() % 60_000, 3).stripTrailingZeros();
    return hours + minutes + seconds.toPlainString() + "s";
  }

  /// The shortest digits with an exponent, `6E+00`.
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return (Double.doubleToRawLongBits(value) == 0 ? "" : "-") + "0E+00";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    String digits = shortest.unscaledValue().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "E-" : "E+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }
}
