package io.evenkeel.hub.chart;

/// The text `$window` in an expression, which stands for a duration that fits the resolution.
public final class WindowVariable {
  private static final String VARIABLE = "$window";

  private WindowVariable() {}

  /// An expression with every `$window` replaced by a duration.
  public static String expand(String expression, long windowMillis) {
    return expression.contains(VARIABLE)
        ? expression.replace(VARIABLE, duration(windowMillis))
        : expression;
  }

  private static String duration(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
