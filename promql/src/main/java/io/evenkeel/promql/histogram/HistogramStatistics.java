package io.evenkeel.promql.histogram;

/// Quantiles, fractions, variance and trimming of native histograms, as Prometheus interpolates.
///
/// Inside of exponential buckets values are taken to be spread evenly over their logarithm, inside
/// of listed buckets and the zero bucket evenly over themselves.
public final class HistogramStatistics {
  private HistogramStatistics() {}

  /// What the observations that are NaN, which lie in no bucket, do to an answer.
  public enum NanEffect {
    NONE,
    /// The rank lies among them, so that there is no answer.
    NO_RESULT,
    /// They count, so that the answer is higher than it would be without them.
    SKEWS
  }

  /// @param effect of observations that are NaN
  public record Answer(double value, NanEffect effect) {
    static Answer of(double value) {
      return new Answer(value, NanEffect.NONE);
    }
  }

  /// One bucket that a walk has stopped at.
  private static final class Stop {
    double lower;
    double upper;
    double bucketCount;
    double counted;
  }

  /// The φ-quantile: −Inf below 0, +Inf above 1, NaN of nothing.
  public static Answer quantile(double phi, Histogram h) {
    if (phi < 0) {
      return Answer.of(Double.NEGATIVE_INFINITY);
    }
    if (phi > 1) {
      return Answer.of(Double.POSITIVE_INFINITY);
    }
    if (h.count == 0 || Double.isNaN(phi)) {
      return Answer.of(Double.NaN);
    }
    // From the nearer end, because rounding errors add up on the way. NaN observations are beyond
    // the upper end.
    boolean upwards = Double.isNaN(h.sum) || phi < 0.5;
    double rank = (upwards ? phi : 1 - phi) * h.count;
    Stop stop = new Stop();
    Histogram.BucketVisitor seek =
        (lower, upper, bucketCount) -> {
          stop.lower = lower;
          stop.upper = upper;
          stop.bucketCount = bucketCount;
          stop.counted += bucketCount;
          return bucketCount == 0 || stop.counted < rank;
        };
    if (upwards) {
      h.forEachAscending(seek);
    } else {
      h.forEachDescending(seek);
    }
    double counted = Math.min(stop.counted, h.count);
    if (h.isCustom()) {
      if (stop.lower == Double.NEGATIVE_INFINITY) {
        if (stop.upper <= 0) {
          return Answer.of(stop.upper);
        }
        stop.lower = 0;
      } else if (stop.upper == Double.POSITIVE_INFINITY) {
        return Answer.of(stop.lower);
      }
    } else if (stop.lower < 0 && stop.upper > 0) {
      narrowZero(h, stop);
    }
    if (counted < rank) {
      return Double.isNaN(h.sum)
          ? new Answer(Double.NaN, NanEffect.NO_RESULT)
          : Answer.of(stop.upper);
    }
    double within = upwards ? rank - (counted - stop.bucketCount) : counted - rank;
    double value = interpolated(h, stop, within / stop.bucketCount);
    boolean skewed = Double.isNaN(h.sum) && observationsInBuckets(h) < h.count;
    return new Answer(value, skewed ? NanEffect.SKEWS : NanEffect.NONE);
  }

  private static double interpolated(Histogram h, Stop stop, double fraction) {
    if (h.isCustom() || (stop.lower <= 0 && stop.upper >= 0)) {
      return stop.lower + (stop.upper - stop.lower) * fraction;
    }
    double logLower = log2(Math.abs(stop.lower));
    double logUpper = log2(Math.abs(stop.upper));
    return stop.lower > 0
        ? Math.pow(2, logLower + (logUpper - logLower) * fraction)
        : -Math.pow(2, logUpper + (logLower - logUpper) * (1 - fraction));
  }

  /// The zero bucket reaches only to the side on which there are other buckets.
  private static void narrowZero(Histogram h, Stop stop) {
    if (h.negative.size() == 0 && h.positive.size() > 0) {
      stop.lower = 0;
    } else if (h.positive.size() == 0 && h.negative.size() > 0) {
      stop.upper = 0;
    }
  }

  private static double observationsInBuckets(Histogram h) {
    return h.zeroCount + h.positive.total() + h.negative.total();
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  /// Which part of the observations lies between two values. NaN observations lie nowhere.
  public static Answer fraction(double lower, double upper, Histogram h) {
    if (h.count == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Answer.of(Double.NaN);
    }
    boolean nans = Double.isNaN(h.sum) && observationsInBuckets(h) < h.count;
    NanEffect effect = nans ? NanEffect.SKEWS : NanEffect.NONE;
    if (lower >= upper) {
      return new Answer(0, effect);
    }
    double most = nans ? observationsInBuckets(h) : h.count;
    double below = rankOf(lower, h, most);
    double upTo = rankOf(upper, h, most);
    return new Answer((upTo - below) / h.count, effect);
  }

  private static double rankOf(double value, Histogram h, double most) {
    double[] rank = {0};
    boolean[] found = {false};
    Stop bucket = new Stop();
    h.forEachAscending((lower, upper, bucketCount) -> {
      bucket.lower = lower;
      bucket.upper = upper;
      boolean linear = h.isCustom();
      if (!linear && lower <= 0 && upper >= 0) {
        linear = true;
        narrowZero(h, bucket);
      } else if (linear && lower == Double.NEGATIVE_INFINITY && upper > 0) {
        bucket.lower = 0;
      }
      if (bucket.lower >= value) {
        found[0] = true;
        return false;
      }
      if (bucket.upper > value) {
        found[0] = true;
        rank[0] += bucketCount * share(value, bucket, linear);
        return false;
      }
      rank[0] += bucketCount;
      return true;
    });
    return found[0] && rank[0] <= most ? rank[0] : most;
  }

  /// Which part of a bucket lies below a value inside of it. Nothing is known of the inside of an
  /// infinite bucket: all of it lies above.
  private static double share(double value, Stop bucket, boolean linear) {
    if (Double.isInfinite(bucket.lower)) {
      return 1;
    }
    if (Double.isInfinite(bucket.upper)) {
      return 0;
    }
    if (linear) {
      return (value - bucket.lower) / (bucket.upper - bucket.lower);
    }
    double logLower = log2(Math.abs(bucket.lower));
    double logUpper = log2(Math.abs(bucket.upper));
    double logValue = log2(Math.abs(value));
    return value > 0
        ? (logValue - logLower) / (logUpper - logLower)
        : 1 - (logValue - logUpper) / (logLower - logUpper);
  }

  /// The variance, every observation taken to lie in the middle of its bucket.
  public static double variance(Histogram h) {
    double mean = h.sum / h.count;
    double[] sums = {0, 0};
    h.forEachAscending((lower, upper, bucketCount) -> {
      if (bucketCount == 0) {
        return true;
      }
      double value;
      if (h.isCustom()) {
        value = (upper + lower) / 2;
      } else if (lower <= 0 && upper >= 0) {
        value = 0;
      } else {
        value = Math.sqrt(upper * lower);
        value = upper < 0 ? -value : value;
      }
      double term = bucketCount * (value - mean) * (value - mean);
      double sum = sums[0] + term;
      sums[1] += Buckets.Compensation.error(sums[0], term, sum);
      sums[0] = sum;
      return true;
    });
    return (sums[0] + sums[1]) / h.count;
  }

  /// Only the observations below (`upper`) or above a value. Count and sum are estimated from what
  /// is left in the buckets, unless everything is.
  public static Histogram trim(Histogram h, double at, boolean upper) {
    double[] up = h.positive.counts.clone();
    double[] down = h.negative.counts.clone();
    Trim trim = new Trim(h, at, upper);
    for (int i = 0; i < up.length; i++) {
      up[i] = trim.keep(h.positiveLower(i), h.positiveUpper(i), up[i]);
    }
    for (int i = 0; i < down.length; i++) {
      int index = h.negative.indexes[i];
      down[i] =
          trim.keep(
              -ExponentialBounds.upper(index, h.schema),
              -ExponentialBounds.upper(index - 1, h.schema),
              down[i]);
    }
    double zero = 0;
    if (h.zeroCount > 0) {
      Stop bucket = new Stop();
      bucket.lower = -h.zeroThreshold;
      bucket.upper = h.zeroThreshold;
      narrowZero(h, bucket);
      zero = trim.keepLinear(bucket.lower, bucket.upper, h.zeroCount);
    }
    if (!trim.removed) {
      return h;
    }
    return new Histogram(
            h.schema,
            h.zeroThreshold,
            zero,
            trim.count,
            trim.count == 0 ? 0 : trim.sum,
            new Buckets(h.positive.indexes, up),
            new Buckets(h.negative.indexes, down),
            h.bounds,
            h.hint)
        .compact();
  }

  /// What is kept while buckets are cut at a value.
  private static final class Trim {
    private final Histogram h;
    private final double at;
    private final boolean upper;
    private double count;
    private double sum;
    private boolean removed;

    Trim(Histogram h, double at, boolean upper) {
      this.h = h;
      this.at = at;
      this.upper = upper;
    }

    double keep(double from, double to, double bucketCount) {
      if (bucketCount == 0) {
        return 0;
      }
      if (from == Double.NEGATIVE_INFINITY) {
        return keepLowest(to, bucketCount);
      }
      if (to == Double.POSITIVE_INFINITY) {
        return keepHighest(from, bucketCount);
      }
      if (h.isCustom()) {
        return keepLinear(from, to, bucketCount);
      }
      if (isWhole(from, to)) {
        return kept(bucketCount, 1, middle(from, to));
      }
      if (isGone(from, to)) {
        return kept(bucketCount, 0, 0);
      }
      Stop bucket = new Stop();
      bucket.lower = from;
      bucket.upper = to;
      double below = share(at, bucket, false);
      return upper
          ? kept(bucketCount, below, middle(from, at))
          : kept(bucketCount, 1 - below, middle(at, to));
    }

    private boolean isWhole(double from, double to) {
      return upper ? to <= at : from >= at;
    }

    private boolean isGone(double from, double to) {
      return !(upper ? from < at : to > at);
    }

    private static double middle(double from, double to) {
      double magnitude = Math.sqrt(Math.abs(from) * Math.abs(to));
      return to > 0 ? magnitude : -magnitude;
    }

    double keepLinear(double from, double to, double bucketCount) {
      if (isWhole(from, to)) {
        return kept(bucketCount, 1, (from + to) / 2);
      }
      if (isGone(from, to)) {
        return kept(bucketCount, 0, 0);
      }
      double below = (at - from) / (to - from);
      return upper
          ? kept(bucketCount, below, (from + at) / 2)
          : kept(bucketCount, 1 - below, (at + to) / 2);
    }

    /// A lowest bucket with a positive end is taken to begin at 0; of one with a negative end
    /// nothing is known but that end.
    private double keepLowest(double to, double bucketCount) {
      if (upper ? at == Double.POSITIVE_INFINITY : at == Double.NEGATIVE_INFINITY) {
        return kept(bucketCount, 1, 0);
      }
      if (to == Double.POSITIVE_INFINITY) {
        return kept(bucketCount, 0, 0);
      }
      if (to > 0) {
        return upper || at >= 0 ? keepLinear(0, to, bucketCount) : kept(bucketCount, 0, 0);
      }
      // Below its own end there may be anything.
      return upper && at > Double.NEGATIVE_INFINITY
          ? kept(bucketCount, 1, Math.min(to, at))
          : kept(bucketCount, 0, 0);
    }

    private double keepHighest(double from, double bucketCount) {
      boolean keeps = upper ? at == Double.POSITIVE_INFINITY : at < Double.POSITIVE_INFINITY;
      return keeps ? kept(bucketCount, 1, Math.max(from, at)) : kept(bucketCount, 0, 0);
    }

    private double kept(double bucketCount, double part, double middle) {
      double left = part == 1 ? bucketCount : bucketCount * part;
      removed |= part != 1;
      count += left;
      if (left != 0) {
        sum += left * middle;
      }
      return left;
    }
  }
}
