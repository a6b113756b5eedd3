package io.evenkeel.promql.eval;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// A histogram whose buckets are series with an `le` label, at one step. Built bucket by bucket,
/// then asked. Not thread-safe.
final class ClassicHistogram {
  /// Counts that differ relatively by less are taken for equal: they are results of arithmetic.
  private static final double SMALL = 1e-12;

  private double[] bounds = new double[16];
  private double[] counts = new double[16];
  private int size;
  private @Nullable Forced forced;

  /// Where counts fell with a rising bound and were lifted: buckets are scraped at slightly
  /// different moments.
  ///
  /// @param lowest the first bound whose count was lifted
  /// @param highest the last one
  /// @param largestFall the most that a count was lifted by
  record Forced(double lowest, double highest, double largestFall) {}

  void clear() {
    size = 0;
    forced = null;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// Adds a bucket: how many observations are at or below a bound.
  void add(double bound, double count) {
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    bounds[size] = bound;
    counts[size++] = count;
  }

  /// What the last [#quantile] had to lift, or null.
  @Nullable Forced forced() {
    return forced;
  }

  /// Sorts by bound and merges equal bounds; false when the last bound is not +Inf.
  private boolean settle() {
    boolean sorted = true;
    for (int i = 1; i < size && sorted; i++) {
      sorted = bounds[i - 1] < bounds[i];
    }
    if (!sorted) {
      Integer[] order = new Integer[size];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, Comparator.comparingDouble(i -> bounds[i]));
      double[] oldBounds = Arrays.copyOf(bounds, size);
      double[] oldCounts = Arrays.copyOf(counts, size);
      int merged = 0;
      for (int from : order) {
        if (merged > 0 && bounds[merged - 1] == oldBounds[from]) {
          counts[merged - 1] += oldCounts[from];
        } else {
          bounds[merged] = oldBounds[from];
          counts[merged++] = oldCounts[from];
        }
      }
      size = merged;
    }
    return size > 0 && bounds[size - 1] == Double.POSITIVE_INFINITY;
  }

  private void makeMonotonic() {
    double previous = counts[0];
    for (int i = 1; i < size; i++) {
      double current = counts[i];
      if (current == previous) {
        continue;
      }
      if (almostEqual(previous, current)) {
        counts[i] = previous;
      } else if (current < previous) {
        Forced before = forced;
        forced =
            before == null
                ? new Forced(bounds[i], bounds[i], previous - current)
                : new Forced(
                    before.lowest, bounds[i], Math.max(before.largestFall, previous - current));
        counts[i] = previous;
      } else {
        previous = current;
      }
    }
  }

  private static boolean almostEqual(double a, double b) {
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    return a == 0 || b == 0 || sum < Double.MIN_NORMAL
        ? difference < SMALL * Double.MIN_NORMAL
        : difference / Math.min(sum, Double.MAX_VALUE) < SMALL;
  }

  /// The φ-quantile by linear interpolation inside the bucket it falls into. NaN without a +Inf
  /// bucket, without observations or with fewer than two buckets; the highest finite bound when it
  /// falls into the last bucket. A first bucket with a positive bound begins at 0.
  double quantile(double phi) {
    forced = null;
    if (Double.isNaN(phi)) {
      return Double.NaN;
    }
    if (phi < 0 || phi > 1) {
      return phi < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (!settle()) {
      return Double.NaN;
    }
    makeMonotonic();
    int last = size - 1;
    double observations = counts[last];
    if (last < 1 || observations == 0 || Double.isNaN(observations)) {
      return Double.NaN;
    }
    double rank = phi * observations;
    int bucket = 0;
    while (bucket < last && !(counts[bucket] >= rank)) {
      bucket++;
    }
    if (bucket == last) {
      return bounds[last - 1];
    }
    if (bucket == 0 && bounds[0] <= 0) {
      return bounds[0];
    }
    double start = bucket == 0 ? 0 : bounds[bucket - 1];
    double below = bucket == 0 ? 0 : counts[bucket - 1];
    return start + (bounds[bucket] - start) * ((rank - below) / (counts[bucket] - below));
  }

  /// Which part of the observations lies between two values.
  double fraction(double lower, double upper) {
    if (!settle()) {
      return Double.NaN;
    }
    double observations = counts[size - 1];
    if (observations == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    return lower >= upper ? 0 : (rank(upper) - rank(lower)) / observations;
  }

  private double rank(double value) {
    double below = 0;
    for (int i = 0; i < size; i++) {
      double start = i == 0 ? Double.NEGATIVE_INFINITY : bounds[i - 1];
      if (start >= value) {
        return Math.min(below, counts[size - 1]);
      }
      if (bounds[i] > value) {
        double from = i == 0 && bounds[0] > 0 ? 0 : start;
        if (Double.isInfinite(from)) {
          // Nothing is known of the inside of an infinite bucket: it lies below.
          return Math.min(counts[i], counts[size - 1]);
        }
        double part = value <= from ? 0 : (value - from) / (bounds[i] - from);
        return Math.min(below + (counts[i] - below) * part, counts[size - 1]);
      }
      below = counts[i];
    }
    return counts[size - 1];
  }
}
