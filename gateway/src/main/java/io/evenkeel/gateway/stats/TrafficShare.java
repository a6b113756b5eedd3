package io.evenkeel.gateway.stats;

/// A backend's part of its pool's traffic, beside the part that its weight asks for.
public final class TrafficShare {
  /// Four standard errors: with a window a minute, less than one false alarm in ten days.
  static final double Z = 4;

  private TrafficShare() {}

  /// requests_i / Σ requests: 600 of 1,000 are 0.6. NaN when there were none.
  public static double of(long requests, long all) {
    return all == 0 ? Double.NaN : (double) requests / all;
  }

  /// How far a count lies from what the weight asks for, in standard errors of the binomial
  /// distribution: (k − n·p) / √(n·p·(1−p)). 0 when nothing can be said.
  ///
  /// @param expected the share that the weight asks for
  public static double deviation(long requests, long all, double expected) {
    double variance = all * expected * (1 - expected);
    return variance <= 0 ? 0 : (requests - all * expected) / Math.sqrt(variance);
  }

  /// Whether a share is odd: four standard errors and a tenth of the pool's traffic away from what
  /// the weight asks for.
  public static boolean isOdd(long requests, long all, double expected) {
    return Math.abs(deviation(requests, all, expected)) > Z
        && Math.abs(of(requests, all) - expected) > 0.1;
  }
}
