package io.evenkeel.gateway.health;

/// The Wilson score interval of a proportion (E. B. Wilson, 1927): honest for few trials and for
/// proportions near 0 or 1, which is where small pools live.
///
/// @param lower the least that the proportion may well be
/// @param upper the most
public record Wilson(double lower, double upper) {
  /// 99 % on each side, for decisions that take capacity away.
  public static final double Z_99 = 2.326;

  /// The interval after some trials; [0, 1] without any.
  public static Wilson of(long successes, long trials, double z) {
    if (trials <= 0) {
      return new Wilson(0, 1);
    }
    double p = (double) successes / trials;
    double z2 = z * z;
    double centre = p + z2 / (2 * trials);
    double margin = z * Math.sqrt(p * (1 - p) / trials + z2 / (4.0 * trials * trials));
    double scale = 1 + z2 / trials;
    return new Wilson(
        Math.max(0, (centre - margin) / scale), Math.min(1, (centre + margin) / scale));
  }
}
