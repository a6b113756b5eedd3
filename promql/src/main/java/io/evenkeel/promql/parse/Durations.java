package io.evenkeel.promql.parse;

import java.util.OptionalLong;

/// Durations as PromQL writes them, `1h30m`, in milliseconds. A year has 365 days.
public final class Durations {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {
    31_536_000_000L, 604_800_000L, 86_400_000L, 3_600_000L, 60_000L, 1_000L, 1L
  };

  /// A bound that no duration of a query reaches: 292 years, about what 64 bits of nanoseconds
  /// hold.
  static final double MOST_SECONDS = 9_223_372_036.0;

  private Durations() {}

  /// The milliseconds of a duration, or nothing when the text is none: units from large to small,
  /// each at most once.
  public static OptionalLong parse(String text) {
    long sum = 0;
    int unit = 0;
    int at = 0;
    while (at < text.length()) {
      int from = at;
      while (at < text.length() && Character.isDigit(text.charAt(at))) {
        at++;
      }
      if (at == from || at - from > 15) {
        return OptionalLong.empty();
      }
      long amount = Long.parseLong(text, from, at, 10);
      int wordFrom = at;
      while (at < text.length() && !Character.isDigit(text.charAt(at))) {
        at++;
      }
      String word = text.substring(wordFrom, at);
      while (unit < UNITS.length && !UNITS[unit].equals(word)) {
        unit++;
      }
      if (unit == UNITS.length) {
        return OptionalLong.empty();
      }
      try {
        sum = Math.addExact(sum, Math.multiplyExact(amount, MILLIS[unit++]));
      } catch (ArithmeticException e) {
        return OptionalLong.empty();
      }
    }
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sum);
  }

  /// A duration in the largest units that need no fractions.
  public static String format(long millis) {
    if (millis == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder(millis < 0 ? "-" : "");
    long rest = Math.abs(millis);
    for (int i = 0; i < UNITS.length; i++) {
      // Years and weeks only when nothing is left over, as Prometheus prints them.
      if (rest >= MILLIS[i] && (i > 1 || rest % MILLIS[i] == 0)) {
        out.append(rest / MILLIS[i]).append(UNITS[i]);
        rest %= MILLIS[i];
      }
    }
    return out.toString();
  }
}
