package io.evenkeel.promql.promtest;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.promtest.SeriesNotation.NotationException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Histograms as scripts write them: `{{schema:0 sum:5 count:4 buckets:[1 2 1]}}`.
final class HistogramNotation {
  private static final Pattern ENTRY =
      Pattern.compile("\\s*([a-z_]+):\\s*(\\[[^]]*]|[^\\s\\[\\]]+)");
  private static final Set<String> KEYS =
      Set.of(
          "schema",
          "sum",
          "count",
          "z_bucket",
          "z_bucket_w",
          "buckets",
          "offset",
          "n_buckets",
          "n_offset",
          "custom_values",
          "counter_reset_hint");

  private HistogramNotation() {}

  /// @param inside what stands between the braces
  static Point parse(String inside) {
    Map<String, String> entries = new LinkedHashMap<>();
    Matcher matcher = ENTRY.matcher(inside);
    int end = 0;
    while (matcher.lookingAt()) {
      String key = matcher.group(1);
      if (!KEYS.contains(key)) {
        throw new NotationException("a histogram has no '" + key + "'");
      }
      if (entries.put(key, matcher.group(2)) != null) {
        throw new NotationException("duplicate key \"" + key + "\" in histogram");
      }
      end = matcher.end();
      matcher.region(end, inside.length());
    }
    if (!inside.substring(end).isBlank()) {
      throw new NotationException("the histogram '" + inside + "' is not understood");
    }
    double[] positive = numbers(entries.getOrDefault("buckets", "[]"));
    double[] negative = numbers(entries.getOrDefault("n_buckets", "[]"));
    NativeHistogram histogram =
        new NativeHistogram(
            (int) number(entries, "schema"),
            false,
            hint(entries.getOrDefault("counter_reset_hint", "unknown")),
            number(entries, "z_bucket_w"),
            number(entries, "z_bucket"),
            number(entries, "count"),
            number(entries, "sum"),
            spans((int) number(entries, "offset"), positive.length),
            positive,
            spans((int) number(entries, "n_offset"), negative.length),
            negative,
            numbers(entries.getOrDefault("custom_values", "[]")));
    return Point.of(Histogram.of(histogram), entries.containsKey("counter_reset_hint"));
  }

  private static List<Span> spans(int offset, int length) {
    return length == 0 ? List.of() : List.of(new Span(offset, length));
  }

  private static ResetHint hint(String word) {
    return switch (word) {
      case "unknown" -> ResetHint.UNKNOWN;
      case "reset" -> ResetHint.YES;
      case "not_reset" -> ResetHint.NO;
      case "gauge" -> ResetHint.GAUGE;
      default -> throw new NotationException("'" + word + "' is no counter reset hint");
    };
  }

  private static double number(Map<String, String> entries, String key) {
    return SeriesNotation.number(entries.getOrDefault(key, "0"));
  }

  private static double[] numbers(String list) {
    String inside = list.substring(1, list.length() - 1).strip();
    return inside.isEmpty()
        ? new double[0]
        : Arrays.stream(inside.split("\\s+", -1)).mapToDouble(SeriesNotation::number).toArray();
  }
}
