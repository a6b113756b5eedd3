package io.evenkeel.hub.alert.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/// Numbers for people, as Prometheus's template functions write them
/// (https://prometheus.io/docs/prometheus/latest/configuration/template_reference/).
final class GoNumbers {
  private static final String[] BIG = {"k", "M", "G", "T", "P", "E", "Z", "Y"};
  private static final String[] BIG_1024 = {"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
  private static final String[] SMALL = {"m", "u", "n", "p", "f", "a", "z", "y"};
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 3, true)
          .appendLiteral(" +0000 UTC")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private GoNumbers() {}

  /// Go's `%.{digits}g`.
  static String general(double value, int digits) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded =
        new BigDecimal(value).round(new MathContext(Math.max(1, digits), RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    BigDecimal bare = rounded.stripTrailingZeros();
    if (exponent >= -4 && exponent < Math.max(1, digits)) {
      return bare.toPlainString();
    }
    String all = bare.unscaledValue().abs().toString();
    String fraction = all.length() > 1 ? "." + all.substring(1) : "";
    return (value < 0 ? "-" : "")
        + all.charAt(0)
        + fraction
        + "e"
        + (exponent < 0 ? "-" : "+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  static String humanize(double value) {
    double v = value;
    if (v == 0 || Double.isNaN(v) || Double.isInfinite(v)) {
      return general(v, 4);
    }
    String prefix = "";
    if (Math.abs(v) >= 1) {
      for (int i = 0; i < BIG.length && Math.abs(v) >= 1000; i++) {
        prefix = BIG[i];
        v /= 1000;
      }
    } else {
      for (int i = 0; i < SMALL.length && Math.abs(v) < 1; i++) {
        prefix = SMALL[i];
        v *= 1000;
      }
    }
    return general(v, 4) + prefix;
  }

  static String humanize1024(double value) {
    double v = value;
    String prefix = "";
    if (Math.abs(v) > 1 && !Double.isInfinite(v)) {
      for (int i = 0; i < BIG_1024.length && Math.abs(v) >= 1024; i++) {
        prefix = BIG_1024[i];
        v /= 1024;
      }
    }
    return general(v, 4) + prefix;
  }

  static String humanizeDuration(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return general(value, 4);
    }
    if (value == 0) {
      return "0s";
    }
    if (Math.abs(value) < 1) {
      double v = value;
      String prefix = "";
      for (int i = 0; i < SMALL.length && Math.abs(v) < 1; i++) {
        prefix = SMALL[i];
        v *= 1000;
      }
      return general(v, 4) + prefix + "s";
    }
    String sign = value < 0 ? "-" : "";
    double v = Math.abs(value);
    long duration = (long) v;
    long seconds = duration % 60;
    long minutes = duration / 60 % 60;
    long hours = duration / 3600 % 24;
    long days = duration / 86_400;
    if (days != 0) {
      return sign + days + "d " + hours + "h " + minutes + "m " + seconds + "s";
    }
    if (hours != 0) {
      return sign + hours + "h " + minutes + "m " + seconds + "s";
    }
    if (minutes != 0) {
      return sign + minutes + "m " + seconds + "s";
    }
    return sign + general(v, 4) + "s";
  }

  static String humanizePercentage(double value) {
    return general(value * 100, 4) + "%";
  }

  static String humanizeTimestamp(double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds) || Math.abs(seconds) > 1e11) {
      return general(seconds, 4);
    }
    return TIMESTAMP.format(Instant.ofEpochMilli(Math.round(seconds * 1000)));
  }
}
