package io.evenkeel.promql.promtest;

import io.evenkeel.promql.parse.Durations;
import io.evenkeel.promql.promtest.SeriesNotation.NotationException;

/// Times in scripts: durations, `1m30s`, or seconds, with a sign or without.
final class Times {
  private Times() {}

  static long millis(String text) {
    if (text.matches("-?[\\d.]+(?:[eE][-+]?\\d+)?")) {
      return Math.round(Double.parseDouble(text) * 1000);
    }
    boolean negative = text.startsWith("-");
    long millis =
        Durations.parse(negative ? text.substring(1) : text)
            .orElseThrow(() -> new NotationException("'" + text + "' is no time"));
    return negative ? -millis : millis;
  }
}
