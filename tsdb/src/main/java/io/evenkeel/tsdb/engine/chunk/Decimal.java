package io.evenkeel.tsdb.engine.chunk;

/// Doubles as whole numbers with one count of decimal places, as most of what machines report was
/// before it was a double. A number counts as a decimal only when the division gives back the very
/// bits.
final class Decimal {
  /// The most places that are tried.
  static final int MOST_PLACES = 12;

  private static final double EXACT = 9_007_199_254_740_992.0;
  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12
  };

  private Decimal() {}

  /// Whether a number with some places has these bits; it is then [#whole].
  static boolean fits(long bits, int places) {
    double whole = Math.rint(Double.longBitsToDouble(bits) * POWERS[places]);
    return Math.abs(whole) < EXACT
        && Double.doubleToRawLongBits((double) (long) whole / POWERS[places]) == bits;
  }

  static long whole(long bits, int places) {
    return (long) Math.rint(Double.longBitsToDouble(bits) * POWERS[places]);
  }

  static long bits(long whole, int places) {
    return Double.doubleToRawLongBits((double) whole / POWERS[places]);
  }
}
