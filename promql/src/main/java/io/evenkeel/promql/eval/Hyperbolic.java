package io.evenkeel.promql.eval;

/// Hyperbolic functions and their inverses, which Java lacks; exact for tiny and for huge numbers.
final class Hyperbolic {
  /// From here on the square of a number swallows one.
  private static final double LARGE = 1L << 28;

  private static final double LN_2 = Math.log(2);

  private Hyperbolic() {}

  /// Infinite as soon as the exponential is, as in Prometheus.
  static double sinh(double value) {
    return Double.isInfinite(Math.exp(Math.abs(value)))
        ? Math.copySign(Double.POSITIVE_INFINITY, value)
        : Math.sinh(value);
  }

  /// Infinite as soon as the exponential is, as in Prometheus.
  static double cosh(double value) {
    return Double.isInfinite(Math.exp(Math.abs(value)))
        ? Double.POSITIVE_INFINITY
        : Math.cosh(value);
  }

  static double asinh(double value) {
    double size = Math.abs(value);
    double area =
        size > LARGE
            ? Math.log(size) + LN_2
            : Math.log1p(size + size * size / (1 + Math.sqrt(size * size + 1)));
    return Math.copySign(area, value);
  }

  static double acosh(double value) {
    if (value > LARGE) {
      return Math.log(value) + LN_2;
    }
    double beyondOne = value - 1;
    return Math.log1p(beyondOne + Math.sqrt(beyondOne * (value + 1)));
  }

  static double atanh(double value) {
    return 0.5 * (Math.log1p(value) - Math.log1p(-value));
  }
}
