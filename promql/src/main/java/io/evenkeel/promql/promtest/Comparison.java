package io.evenkeel.promql.promtest;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.promtest.SeriesNotation.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Compares answers with what a script expects. Numbers agree within a relative 1e-6.
public final class Comparison {
  private static final double TOLERANCE = 1e-6;
  private static final Pattern RANGE_VECTOR =
      Pattern.compile("range vector from (\\S+) to (\\S+) step (\\S+)");

  private Comparison() {}

  /// What differs in an answer at one time, or null.
  static @Nullable String instant(Value value, Expectation expected) {
    return switch (value) {
      case Value.Scalar scalar -> scalar(scalar.value(), expected);
      case Value.Text text ->
          expected.text().filter(text.value()::equals).isPresent()
              ? null
              : "is the string \"" + text.value() + "\"";
      case Value.InstantVector vector -> vector(vector, expected, expected.ordered());
      case Value.RangeVector matrix -> rangeVector(matrix, expected);
    };
  }

  static @Nullable String scalar(double value, Expectation expected) {
    boolean equal =
        expected.values().size() == 1
            && same(value, SeriesNotation.number(expected.values().getFirst()));
    return equal ? null : "is " + FloatText.of(value) + ", expected " + expected.values();
  }

  static @Nullable String vector(
      Value.InstantVector vector, Expectation expected, boolean ordered) {
    Map<Labels, Point> wanted = new LinkedHashMap<>();
    for (String line : expected.values()) {
      Line series = SeriesNotation.parse(line);
      Point point = series.points().isEmpty() ? null : series.points().getFirst();
      if (point == null) {
        return "the expected value is missing: " + line;
      }
      wanted.put(series.labels(), point);
    }
    List<String> found = new ArrayList<>();
    List<Labels> order = new ArrayList<>();
    boolean equal = true;
    for (Value.VectorSample sample : vector.samples()) {
      found.add(text(sample.labels(), sample.value(), sample.histogram()));
      order.add(sample.labels());
      Point point = wanted.get(sample.labels());
      equal &= point != null && same(sample.value(), sample.histogram(), point);
    }
    equal &= found.size() == wanted.size() && order.stream().distinct().count() == found.size();
    equal &= !ordered || List.copyOf(wanted.keySet()).equals(order);
    return equal ? null : "is " + found + ", expected " + expected.values();
  }

  private static String text(Labels labels, double value, @Nullable NativeHistogram histogram) {
    String what =
        histogram == null
            ? FloatText.of(value)
            : histogram.resetHint() + " " + Histogram.of(histogram);
    return labels + " " + what;
  }

  private static @Nullable String rangeVector(Value.RangeVector matrix, Expectation expected) {
    Matcher header = RANGE_VECTOR.matcher(expected.rangeVector().orElse(""));
    return header.matches()
        ? matrix(matrix, expected, Times.millis(header.group(1)), Times.millis(header.group(3)))
        : "is a range vector";
  }

  /// What differs in an answer at several times, or null.
  static @Nullable String matrix(
      Value.RangeVector matrix, Expectation expected, long start, long step) {
    Map<Labels, TreeMap<Long, Point>> wanted = new LinkedHashMap<>();
    for (String line : expected.values()) {
      Line series = SeriesNotation.parse(line);
      TreeMap<Long, Point> points = new TreeMap<>();
      for (int i = 0; i < series.points().size(); i++) {
        Point point = series.points().get(i);
        if (point != null) {
          points.put(start + i * step, point);
        }
      }
      wanted.put(series.labels(), points);
    }
    List<String> found = new ArrayList<>();
    boolean equal = matrix.series().size() == wanted.size();
    for (Value.MatrixSeries series : matrix.series()) {
      TreeMap<Long, Point> points = wanted.getOrDefault(series.labels(), new TreeMap<>());
      equal &= points.size() == series.times().length;
      StringBuilder text = new StringBuilder(series.labels().toString());
      for (int i = 0; i < series.times().length; i++) {
        NativeHistogram histogram = series.histograms() == null ? null : series.histograms()[i];
        Point point = points.get(series.times()[i]);
        equal &= point != null && same(series.values()[i], histogram, point);
        text.append(' ')
            .append(
                histogram == null
                    ? FloatText.of(series.values()[i])
                    : Histogram.of(histogram).toString())
            .append('@')
            .append(series.times()[i] / 1000);
      }
      found.add(text.toString());
    }
    return equal ? null : "is " + found + ", expected " + expected.values();
  }

  private static boolean same(double value, @Nullable NativeHistogram histogram, Point expected) {
    Histogram wanted = expected.histogram();
    if (wanted == null || histogram == null) {
      return wanted == null && histogram == null && same(value, expected.value());
    }
    NativeHistogram a = Histogram.of(histogram).compact().toNative();
    NativeHistogram b = wanted.compact().toNative();
    return a.schema() == b.schema()
        && (!expected.hintGiven() || a.resetHint() == b.resetHint())
        && same(a.count(), b.count())
        && same(a.sum(), b.sum())
        && a.zeroThreshold() == b.zeroThreshold()
        && same(a.zeroCount(), b.zeroCount())
        && java.util.Arrays.equals(a.customBounds(), b.customBounds())
        && a.positiveSpans().equals(b.positiveSpans())
        && a.negativeSpans().equals(b.negativeSpans())
        && same(a.positiveCounts(), b.positiveCounts())
        && same(a.negativeCounts(), b.negativeCounts());
  }

  private static boolean same(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      if (!same(a[i], b[i])) {
        return false;
      }
    }
    return a.length == b.length;
  }

  /// Whether two numbers agree within a relative 1e-6.
  public static boolean same(double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.isNaN(a) && Double.isNaN(b);
    }
    if (a == b) {
      return true;
    }
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    return a == 0 || b == 0 || sum < Double.MIN_NORMAL
        ? difference < TOLERANCE * Double.MIN_NORMAL
        : difference / Math.min(sum, Double.MAX_VALUE) < TOLERANCE;
  }
}
