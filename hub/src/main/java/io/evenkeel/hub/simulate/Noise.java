package io.evenkeel.hub.simulate;

/// Numbers that look random and are the same each time they are asked for.
final class Noise {
  private Noise() {}

  /// Spreads a number over all 64 bits (the finaliser of SplitMix64, Steele, Lea, Flood 2014).
  static long hash(long number) {
    long z = number + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /// A number from 0 to 1 for a seed.
  static double unit(long seed) {
    return (hash(seed) >>> 11) * 0x1.0p-53;
  }

  /// A curve between 0 and 1 without jumps, which turns about once in `turnMillis`.
  static double smooth(long seed, long timeMillis, long turnMillis) {
    long slot = Math.floorDiv(timeMillis, turnMillis);
    double within = Math.floorMod(timeMillis, turnMillis) / (double) turnMillis;
    double eased = within * within * (3 - 2 * within);
    double from = unit(seed * 1_000_003 + slot);
    double to = unit(seed * 1_000_003 + slot + 1);
    return from + (to - from) * eased;
  }
}
