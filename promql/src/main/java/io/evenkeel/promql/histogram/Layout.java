package io.evenkeel.promql.histogram;

import io.evenkeel.model.NativeHistogram.ResetHint;
import java.util.Arrays;

/// A bucket layout into which histograms can be brought without loss of what they agree on.
///
/// @param schema of exponential buckets, or the custom schema
/// @param zeroThreshold the half width of the zero bucket
/// @param bounds the listed bounds of the custom schema
/// @param reconciled whether the listed bounds had to be reduced to common ones
record Layout(int schema, double zeroThreshold, double[] bounds, boolean reconciled) {

  /// What the zero bucket holds when it is widened.
  record Zero(double count, double threshold) {}

  static Layout common(Histogram a, Histogram b) {
    if (a.isCustom()) {
      boolean same = Arrays.equals(a.bounds, b.bounds);
      return new Layout(a.schema, 0, same ? a.bounds : intersection(a.bounds, b.bounds), !same);
    }
    double threshold = a.zeroThreshold;
    double others = b.zeroThreshold;
    while (others != threshold) {
      // A threshold inside of a populated bucket moves out to its end, in turns for both.
      if (threshold > others) {
        others = zeroAt(b, threshold).threshold();
      }
      if (others > threshold) {
        threshold = zeroAt(a, others).threshold();
      }
    }
    return new Layout(Math.min(a.schema, b.schema), threshold, a.bounds, false);
  }

  Histogram apply(Histogram h) {
    if (h.isCustom()) {
      return reconciled
          ? new Histogram(
              h.schema,
              h.zeroThreshold,
              h.zeroCount,
              h.count,
              h.sum,
              rebound(h.positive, h.bounds, bounds),
              h.negative,
              bounds,
              h.hint)
          : h;
    }
    Histogram result = h;
    if (zeroThreshold != h.zeroThreshold) {
      result =
          new Histogram(
              h.schema,
              zeroThreshold,
              h.zeroCount + inside(h, h.positive) + inside(h, h.negative),
              h.count,
              h.sum,
              outside(h, h.positive).compact(),
              outside(h, h.negative).compact(),
              h.bounds,
              h.hint);
    }
    ResetHint hint = h.hint;
    return result.schema == schema ? result : result.coarser(schema).withHint(hint);
  }

  private int firstOutside(Histogram h, Buckets buckets) {
    int i = 0;
    while (i < buckets.size()
        && ExponentialBounds.upper(buckets.indexes[i] - 1, h.schema) < zeroThreshold) {
      i++;
    }
    return i;
  }

  private double inside(Histogram h, Buckets buckets) {
    double total = 0;
    for (int i = firstOutside(h, buckets) - 1; i >= 0; i--) {
      total += buckets.counts[i];
    }
    return total;
  }

  private Buckets outside(Histogram h, Buckets buckets) {
    return buckets.from(firstOutside(h, buckets));
  }

  /// What a histogram's zero bucket would hold with a larger threshold. One that lies inside of a
  /// populated bucket is moved to that bucket's end.
  static Zero zeroAt(Histogram h, double larger) {
    if (larger <= h.zeroThreshold) {
      return new Zero(h.zeroCount, h.zeroThreshold);
    }
    double threshold = larger;
    while (true) {
      double count = h.zeroCount;
      double moved = threshold;
      for (Buckets side : new Buckets[] {h.positive, h.negative}) {
        for (int i = 0; i < side.size(); i++) {
          if (ExponentialBounds.upper(side.indexes[i] - 1, h.schema) >= moved) {
            break;
          }
          count += side.counts[i];
          double upper = ExponentialBounds.upper(side.indexes[i], h.schema);
          if (upper > moved) {
            if (side.counts[i] != 0) {
              moved = upper;
            }
            break;
          }
        }
      }
      if (moved == threshold) {
        return new Zero(count, threshold);
      }
      threshold = moved;
    }
  }

  /// The bounds that both lists have.
  static double[] intersection(double[] a, double[] b) {
    double[] common = new double[Math.min(a.length, b.length)];
    int size = 0;
    int j = 0;
    for (double bound : a) {
      while (j < b.length && b[j] < bound) {
        j++;
      }
      if (j < b.length && b[j] == bound) {
        common[size++] = bound;
      }
    }
    return Arrays.copyOf(common, size);
  }

  /// Buckets under fewer bounds: each goes to the first kept bound at or above its own.
  static Buckets rebound(Buckets buckets, double[] from, double[] to) {
    double[] counts = new double[to.length + 1];
    int target = 0;
    for (int i = 0; i < buckets.size(); i++) {
      int index = buckets.indexes[i];
      if (index >= from.length) {
        target = to.length;
      }
      while (target < to.length && to[target] < from[index]) {
        target++;
      }
      counts[target] += buckets.counts[i];
    }
    int[] indexes = new int[counts.length];
    Arrays.setAll(indexes, i -> i);
    return new Buckets(indexes, counts).compact();
  }
}
