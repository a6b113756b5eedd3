package io.evenkeel.gateway.health;

/// How much of its weight a backend gets after it came back: max(0.10, (t/T)^(1/a)), Envoy's form
/// with aggression a = 1.
public final class SlowStart {
  /// The least part.
  static final double LEAST = 0.10;

  private SlowStart() {}

  /// The part of the weight, 0.1 to 1.
  ///
  /// @param sinceNanos since it came back
  /// @param windowNanos how long it takes; 0 means at once
  public static double factor(long sinceNanos, long windowNanos, double aggression) {
    if (windowNanos <= 0 || sinceNanos >= windowNanos) {
      return 1;
    }
    return Math.max(LEAST, Math.pow((double) sinceNanos / windowNanos, 1 / aggression));
  }
}
