package io.evenkeel.hub.api;

import io.evenkeel.promql.FloatText;
import java.util.Arrays;

/// Writes the points of a matrix, one series after another: `[1700000000,"0.5"],…`.
///
/// Large answers are hundreds of thousands of points, and the series of one have the same times as
/// a rule: so a series is one piece of text (nothing in it needs an escape), and a time's text is
/// kept for the series after it. Not thread-safe.
final class PointTexts {
  private final StringBuilder text = new StringBuilder(4096);
  private int count;

  /// The time that stood at each place of a series last, and its text.
  private long[] times = new long[0];

  private String[] openings = new String[0];

  /// Begins another series.
  void begin() {
    text.setLength(0);
    count = 0;
  }

  void add(long timestampMillis, double value) {
    if (count > 0) {
      text.append(',');
    }
    text.append(opening(timestampMillis)).append(FloatText.of(value)).append("\"]");
    count++;
  }

  private String opening(long timestampMillis) {
    if (count == times.length) {
      int capacity = Math.max(256, 2 * count);
      times = Arrays.copyOf(times, capacity);
      openings = Arrays.copyOf(openings, capacity);
      Arrays.fill(openings, count, capacity, "");
    }
    if (openings[count].isEmpty() || times[count] != timestampMillis) {
      times[count] = timestampMillis;
      openings[count] = "[" + PrometheusJson.seconds(timestampMillis) + ",\"";
    }
    return openings[count];
  }

  /// How many points the series has so far.
  int count() {
    return count;
  }

  /// They, with commas between.
  String text() {
    return text.toString();
  }
}
