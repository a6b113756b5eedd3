package io.evenkeel.tsdb.storage;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells whether the parts of a native histogram agree with each other, by the rules of
/// Prometheus's native histogram specification.
public final class HistogramCheck {
  private static final int LOWEST_SCHEMA = -4;
  private static final int HIGHEST_SCHEMA = 8;

  private HistogramCheck() {}

  /// What is wrong with a histogram, for a person to read, or null.
  public static @Nullable String problem(NativeHistogram h) {
    if (h.isStale()) {
      return null;
    }
    if (!h.hasCustomBounds() && (h.schema() < LOWEST_SCHEMA || h.schema() > HIGHEST_SCHEMA)) {
      return "schema " + h.schema() + " is not known";
    }
    if (Double.isNaN(h.zeroThreshold()) || h.zeroThreshold() < 0) {
      return "the zero bucket's width is " + h.zeroThreshold();
    }
    if (h.zeroCount() < 0 || h.count() < 0) {
      return "a count is negative";
    }
    String problem = sideProblem("positive", h.positiveSpans(), h.positiveCounts());
    if (problem == null) {
      problem = sideProblem("negative", h.negativeSpans(), h.negativeCounts());
    }
    if (problem == null) {
      problem = h.hasCustomBounds() ? customProblem(h) : exponentialProblem(h);
    }
    return problem == null && h.integer() ? countProblem(h) : problem;
  }

  private static @Nullable String sideProblem(String side, List<Span> spans, double[] counts) {
    long named = 0;
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      if (span.length() < 0 || (i > 0 && span.offset() < 0)) {
        return "a " + side + " span is negative";
      }
      named += span.length();
    }
    if (named != counts.length) {
      return side + " spans name " + named + " buckets, " + counts.length + " are given";
    }
    for (double count : counts) {
      if (count < 0) {
        return "a " + side + " bucket is negative";
      }
    }
    return null;
  }

  private static @Nullable String exponentialProblem(NativeHistogram h) {
    return h.customBounds().length == 0 ? null : "exponential buckets with listed bounds";
  }

  private static @Nullable String customProblem(NativeHistogram h) {
    if (h.zeroThreshold() != 0 || h.zeroCount() != 0 || h.negativeCounts().length > 0) {
      return "listed bounds with a zero bucket or negative buckets";
    }
    double[] bounds = h.customBounds();
    for (int i = 0; i < bounds.length; i++) {
      if (Double.isNaN(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1])) {
        return "the listed bounds do not rise";
      }
    }
    long end = 0;
    for (Span span : h.positiveSpans()) {
      if (end == 0 && span.offset() < 0) {
        return "a bucket lies before the first listed bound";
      }
      end += (long) span.offset() + span.length();
    }
    return end > bounds.length + 1L ? "more buckets than listed bounds allow" : null;
  }

  /// Observations that are NaN are in no bucket but in the count.
  private static @Nullable String countProblem(NativeHistogram h) {
    double inBuckets = h.zeroCount();
    for (double count : h.positiveCounts()) {
      inBuckets += count;
    }
    for (double count : h.negativeCounts()) {
      inBuckets += count;
    }
    boolean agrees = Double.isNaN(h.sum()) ? inBuckets <= h.count() : inBuckets == h.count();
    return agrees
        ? null
        : "the buckets hold " + inBuckets + " observations, the count says " + h.count();
  }
}
