package io.evenkeel.bench.codec;

/// A run of doubles as whole numbers and one count of decimal places, where that gives back the
/// very bits.
final class Decimals {
  private static final double EXACT = 9_007_199_254_740_992.0;
  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12
  };

  private Decimals() {}

  /// Fills the whole numbers and answers the places, or -1.
  static int places(long[] bits, long[] into) {
    for (int places = 0; places < POWERS.length; places++) {
      if (fits(bits, places, into)) {
        return places;
      }
    }
    return -1;
  }

  private static boolean fits(long[] bits, int places, long[] into) {
    for (int i = 0; i < bits.length; i++) {
      double whole = Math.rint(Double.longBitsToDouble(bits[i]) * POWERS[places]);
      if (!(Math.abs(whole) < EXACT)
          || Double.doubleToRawLongBits(whole / POWERS[places]) != bits[i]) {
        return false;
      }
      into[i] = (long) whole;
    }
    return true;
  }

  static long bits(long whole, int places) {
    return Double.doubleToRawLongBits(whole / POWERS[places]);
  }

  static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  static long unzigzag(long value) {
    return value >>> 1 ^ -(value & 1);
  }

  /// Differences in place (the first value stays), `order` times.
  static void difference(long[] values, int order) {
    for (int o = 0; o < order; o++) {
      for (int i = values.length - 1; i > o; i--) {
        values[i] -= values[i - 1];
      }
    }
  }

  static void sum(long[] values, int order) {
    for (int o = order - 1; o >= 0; o--) {
      for (int i = o + 1; i < values.length; i++) {
        values[i] += values[i - 1];
      }
    }
  }

  /// What all numbers from an index on are multiples of, at least 1.
  static long unit(long[] values, int from) {
    long unit = 0;
    for (int i = from; i < values.length; i++) {
      long a = Math.abs(values[i]);
      while (a != 0) {
        long rest = unit % a;
        unit = a;
        a = rest;
      }
      if (unit == 1) {
        return 1;
      }
    }
    return Math.max(1, unit);
  }

  static void divide(long[] values, int from, long unit) {
    for (int i = from; i < values.length; i++) {
      values[i] /= unit;
    }
  }

  static void multiply(long[] values, int from, long unit) {
    for (int i = from; i < values.length; i++) {
      values[i] *= unit;
    }
  }

  /// The order of difference, 0…2, whose numbers are the shortest.
  static int bestOrder(long[] values) {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int order = 0; order <= 2; order++) {
      long[] copy = values.clone();
      difference(copy, order);
      long bits = 0;
      for (int i = order; i < copy.length; i++) {
        bits += 64 - Long.numberOfLeadingZeros(zigzag(copy[i]));
      }
      if (bits < least) {
        least = bits;
        best = order;
      }
    }
    return best;
  }
}
