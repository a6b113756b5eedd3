package io.evenkeel.promql;

import java.math.BigDecimal;

/// Numbers as Prometheus's API writes them: Go's shortest form that reads back as the same double,
/// with an exponent below 1e-6 and from 1e21 on.
public final class FloatText {
  /// Up to here every whole number is a double of its own, whose digits are the shortest.
  private static final double LARGEST_EXACT = 1L << 53;

  private FloatText() {}

  /// A number as the API writes it, `+Inf`, `-Inf` and `NaN` included.
  public static String of(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return Double.doubleToRawLongBits(value) == 0 ? "0" : "-0";
    }
    double magnitude = Math.abs(value);
    return magnitude < 1e-6 || magnitude >= 1e21 ? exponent(value) : plain(value);
  }

  /// A number without an exponent, as `count_values` labels it.
  public static String plain(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) {
      return of(value);
    }
    // Bytes, counts and times are mostly whole, and so a good deal cheaper.
    if (value == (long) value && Math.abs(value) < LARGEST_EXACT) {
      return Long.toString((long) value);
    }
    // Double.toString has printed the shortest digits since JDK 19; from 1e-3 to 1e7 it needs no
    // more than its ".0" taken off, which large answers feel.
    String text = Double.toString(value);
    if (text.indexOf('E') < 0) {
      return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
    return shifted(text);
  }

  /// `d.ddE±x` without its exponent.
  private static String shifted(String text) {
    int e = text.indexOf('E');
    int from = text.charAt(0) == '-' ? 1 : 0;
    int exponent = Integer.parseInt(text, e + 1, text.length(), 10);
    int end = text.startsWith(".0", from + 1) && e == from + 3 ? from + 1 : e;
    StringBuilder digits = new StringBuilder(24).append(text.charAt(from));
    digits.append(text, Math.min(end, from + 2), end);
    StringBuilder out = new StringBuilder(32).append(text, 0, from);
    if (exponent < 0) {
      return out.append("0.").repeat('0', -exponent - 1).append(digits).toString();
    }
    int whole = exponent + 1;
    if (digits.length() <= whole) {
      return out.append(digits).repeat('0', whole - digits.length()).toString();
    }
    return out.append(digits, 0, whole)
        .append('.')
        .append(digits, whole, digits.length())
        .toString();
  }

  /// A number as Go's `%g` writes it, for messages: with an exponent below 1e-4 and from 1e6 on.
  public static String general(double value) {
    double magnitude = Math.abs(value);
    if (value == 0 || !Double.isFinite(value) || (magnitude >= 1e-4 && magnitude < 1e6)) {
      return plain(value);
    }
    return exponent(value);
  }

  private static String exponent(double value) {
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    StringBuilder out = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    return out.append(magnitude < 10 ? "0" : "").append(magnitude).toString();
  }
}
