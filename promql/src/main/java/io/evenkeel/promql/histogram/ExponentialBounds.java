package io.evenkeel.promql.histogram;

/// Where exponential buckets end: with schema n, bucket i ends at 2^(i · 2^−n).
final class ExponentialBounds {
  private static final int FINEST = 8;

  /// 2^(k/256) / 2, from which the bounds of every schema are taken, so that they agree.
  private static final double[] FRACTIONS = new double[1 << FINEST];

  static {
    for (int k = 0; k < FRACTIONS.length; k++) {
      FRACTIONS[k] = Math.pow(2, k / 256.0) / 2;
    }
  }

  private ExponentialBounds() {}

  /// The upper bound of a positive bucket. The one before infinity ends at the largest double.
  static double upper(int index, int schema) {
    if (schema < 0) {
      long exponent = (long) index << -schema;
      return exponent == 1024 ? Double.MAX_VALUE : power(0.5, exponent + 1);
    }
    double fraction = FRACTIONS[(index & ((1 << schema) - 1)) << (FINEST - schema)];
    long exponent = (long) (index >> schema) + 1;
    return fraction == 0.5 && exponent == 1025 ? Double.MAX_VALUE : power(fraction, exponent);
  }

  private static double power(double fraction, long exponent) {
    return Math.scalb(fraction, (int) Math.clamp(exponent, -5_000, 5_000));
  }
}
