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

  /// Where a position in the expanded expression lies in the expression as it was given; inside a
  /// duration it is the variable's begin.
  public static int originalPosition(String expression, int position, long windowMillis) {
    int length = duration(windowMillis).length();
    int shift = 0;
    for (int at = expression.indexOf(VARIABLE);
        at >= 0 && at + shift < position;
        at = expression.indexOf(VARIABLE, at + 1)) {
      if (position < at + shift + length) {
        return at;
      }
      shift += length - VARIABLE.length();
    }
    return position - shift;
  }

  private static String duration(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
