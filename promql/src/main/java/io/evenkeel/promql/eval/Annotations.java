package io.evenkeel.promql.eval;

import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.parse.Quoting;
import io.evenkeel.promql.parse.Span;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The warnings and infos of one evaluation, in Prometheus's words, each once, with the place in
/// the query that they are about. Safe for use by the threads of one evaluation.
final class Annotations {
  /// Beyond this many distinct ones nobody reads on.
  private static final int MOST = 1_000;

  private final String query;
  private final Set<String> warnings = new LinkedHashSet<>();
  private final Set<String> infos = new LinkedHashSet<>();
  private final Map<String, ForcedMonotonicity> forced = new LinkedHashMap<>();

  Annotations(String query) {
    this.query = query;
  }

  /// An operation on histograms, as messages call it.
  enum HistogramOperation {
    ADDITION("addition"),
    SUBTRACTION("subtraction"),
    AGGREGATION("aggregation");

    private final String word;

    HistogramOperation(String word) {
      this.word = word;
    }
  }

  synchronized List<String> warnings() {
    return new ArrayList<>(warnings);
  }

  synchronized List<String> infos() {
    List<String> all = new ArrayList<>(infos);
    forced.values().forEach(one -> all.add(one.text()));
    return all;
  }

  private synchronized void warn(String message, Span span) {
    if (warnings.size() < MOST) {
      warnings.add("PromQL warning: " + message + place(span));
    }
  }

  private synchronized void inform(String message, Span span) {
    if (infos.size() < MOST) {
      infos.add("PromQL info: " + message + place(span));
    }
  }

  private String place(Span span) {
    int at = Math.min(span.start(), query.length());
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < at; i++) {
      if (query.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return " (" + line + ":" + (at - lineStart + 1) + ")";
  }

  private static String forMetric(String metric) {
    return metric.isEmpty() ? "" : " for metric name " + Quoting.quote(metric);
  }

  void invalidQuantile(double phi, Span span) {
    warn("quantile value should be between 0 and 1, got " + FloatText.general(phi), span);
  }

  void invalidRatio(double ratio, double used, Span span) {
    warn(
        "ratio value should be between -1 and 1, got "
            + FloatText.general(ratio)
            + ", capping to "
            + FloatText.general(used),
        span);
  }

  void badBucketLabel(String metric, String le, Span span) {
    warn(
        "bucket label \"le\" is missing or has a malformed value of "
            + Quoting.quote(le)
            + forMetric(metric),
        span);
  }

  void mixedFloatsAndHistograms(String metric, Span span) {
    warn(
        "encountered a mix of histograms and floats for metric name " + Quoting.quote(metric),
        span);
  }

  void mixedFloatsAndHistogramsInAggregation(Span span) {
    warn("encountered a mix of histograms and floats for aggregation", span);
  }

  void mixedClassicAndNative(String metric, Span span) {
    warn("vector contains a mix of classic and native histograms" + forMetric(metric), span);
  }

  void histogramIsNoCounter(String metric, Span span) {
    warn("this native histogram metric is not a counter: " + Quoting.quote(metric), span);
  }

  void histogramIsNoGauge(String metric, Span span) {
    warn("this native histogram metric is not a gauge: " + Quoting.quote(metric), span);
  }

  void mixedSchemas(String metric, Span span) {
    warn(
        "vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
            + Quoting.quote(metric),
        span);
  }

  void incompatibleBuckets(String operator, Span span) {
    warn("incompatible bucket layout encountered for binary operator " + operator, span);
  }

  void collidingResets(HistogramOperation operation, Span span) {
    warn("conflicting counter resets during histogram " + operation.word, span);
  }

  void overlappingStartTimes(String metric, Span span) {
    warn(
        "start timestamp overlaps with the previous sample for metric name "
            + Quoting.quote(metric),
        span);
  }

  void reconciledBounds(HistogramOperation operation, Span span) {
    inform("mismatched custom buckets were reconciled during " + operation.word, span);
  }

  void possibleNonCounter(String metric, Span span) {
    inform(
        "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
            + Quoting.quote(metric),
        span);
  }

  void possibleNonCounterType(String metric, String type, Span span) {
    inform(
        "metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got "
            + Quoting.quote(type)
            + ": "
            + Quoting.quote(metric),
        span);
  }

  /// Gathers what was forced at one step; one info per metric and place sums it up.
  ///
  /// @param time of the evaluation, epoch milliseconds
  synchronized void forcedMonotonicity(
      String metric, long time, ClassicHistogram.Forced by, Span span) {
    String key = metric + place(span);
    ForcedMonotonicity before = forced.get(key);
    if (before != null) {
      forced.put(key, before.and(time, by));
    } else if (forced.size() < MOST) {
      forced.put(key, new ForcedMonotonicity(metric, place(span), by, 1, time, time));
    }
  }

  private record ForcedMonotonicity(
      String metric, String place, ClassicHistogram.Forced by, int samples, long from, long to) {
    ForcedMonotonicity and(long time, ClassicHistogram.Forced other) {
      return new ForcedMonotonicity(
          metric,
          place,
          new ClassicHistogram.Forced(
              Math.min(by.lowest(), other.lowest()),
              Math.max(by.highest(), other.highest()),
              Math.max(by.largestFall(), other.largestFall())),
          samples + 1,
          Math.min(from, time),
          Math.max(to, time));
    }

    String text() {
      return "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
          + forMetric(metric)
          + ", from buckets "
          + FloatText.general(by.lowest())
          + " to "
          + FloatText.general(by.highest())
          + ", with a max diff of "
          + FloatText.general(twoDigits(by.largestFall()))
          + ", over "
          + samples
          + " samples from "
          + Instant.ofEpochMilli(from)
          + " to "
          + Instant.ofEpochMilli(to)
          + place;
    }
  }

  /// To two digits; counts may be infinite, as any value.
  private static double twoDigits(double value) {
    return Double.isFinite(value) ? new BigDecimal(value, new MathContext(2)).doubleValue() : value;
  }

  void incompatibleTypes(String left, String operator, String right, Span span) {
    inform(
        "incompatible sample types encountered for binary operator "
            + Quoting.quote(operator)
            + ": "
            + left
            + " "
            + operator
            + " "
            + right,
        span);
  }

  void ignoredInAggregation(String aggregation, Span span) {
    inform("ignored histogram in " + aggregation + " aggregation", span);
  }

  void ignoredInMixedRange(String metric, Span span) {
    inform(
        "ignored histograms in a range containing both floats and histograms for metric name "
            + Quoting.quote(metric),
        span);
  }

  void nanQuantile(String metric, Span span) {
    inform(
        "input to histogram_quantile has NaN observations, result is NaN" + forMetric(metric),
        span);
  }

  void skewedQuantile(String metric, Span span) {
    inform(
        "input to histogram_quantile has NaN observations, result is skewed higher"
            + forMetric(metric),
        span);
  }

  void nanFraction(String metric, Span span) {
    inform(
        "input to histogram_fraction has NaN observations, which are excluded from all fractions"
            + forMetric(metric),
        span);
  }
}
