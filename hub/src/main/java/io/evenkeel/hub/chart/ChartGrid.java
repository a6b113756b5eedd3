package io.evenkeel.hub.chart;

/// The times at which a chart's queries are evaluated, and the buckets their results go into.
///
/// Evaluations stand at multiples of [#resolutionMillis], buckets at multiples of [#stepMillis], so
/// that a range that moves with the clock keeps its buckets. A bucket ends at its multiple and
/// holds the evaluations after the multiple before. All times are epoch milliseconds.
///
/// @param firstMillis the first evaluation
/// @param lastMillis the last evaluation
/// @param resolutionMillis the distance between evaluations
/// @param stepMillis the length of a bucket, a multiple of the resolution
/// @param windowMillis what `$window` stands for
public record ChartGrid(
    long firstMillis, long lastMillis, long resolutionMillis, long stepMillis, long windowMillis) {

  /// How many evaluations a query gets at most: 100 minutes second by second; below the limit of
  /// 11,000 points of a range query.
  static final int MAX_EVALUATIONS = 6_000;

  /// `$window` is at least so many periods long, as a rate wants four samples and one may be lost.
  static final int WINDOW_PERIODS = 5;

  private static final long[] RESOLUTIONS_SECONDS = {
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400
  };

  /// The grid for a range.
  ///
  /// No spike falls between evaluations: a window reaches one period behind the evaluation before,
  /// so that the windows together cover every pair of neighbouring samples.
  ///
  /// @param finestMillis how often samples of the fastest host come
  /// @param slowestMillis how often samples of the slowest host come
  /// @param maxPoints how many buckets there may be at most
  public static ChartGrid of(
      long fromMillis, long toMillis, long finestMillis, long slowestMillis, int maxPoints) {
    long range = toMillis - fromMillis;
    long resolution = resolution(Math.max(finestMillis, range / MAX_EVALUATIONS));
    long bucketEvaluations = Math.max(1, ceilDiv(range, resolution * maxPoints));
    long first = ceilDiv(fromMillis, resolution) * resolution;
    long last = Math.floorDiv(toMillis, resolution) * resolution;
    return new ChartGrid(
        first,
        Math.max(first, last),
        resolution,
        resolution * bucketEvaluations,
        Math.max(WINDOW_PERIODS * slowestMillis, resolution + slowestMillis));
  }

  /// `$window` for values that are followed live.
  public static long liveWindowMillis(long periodMillis) {
    return WINDOW_PERIODS * periodMillis;
  }

  private static long resolution(long atLeastMillis) {
    for (long seconds : RESOLUTIONS_SECONDS) {
      if (seconds * 1000 >= atLeastMillis) {
        return seconds * 1000;
      }
    }
    long day = RESOLUTIONS_SECONDS[RESOLUTIONS_SECONDS.length - 1] * 1000;
    return ceilDiv(atLeastMillis, day) * day;
  }

  private static long ceilDiv(long a, long b) {
    return -Math.floorDiv(-a, b);
  }

  /// How many buckets there are.
  public int buckets() {
    return bucket(lastMillis) + 1;
  }

  /// The number of the bucket that an evaluation falls into.
  int bucket(long timeMillis) {
    return (int) (ceilDiv(timeMillis, stepMillis) - ceilDiv(firstMillis, stepMillis));
  }

  /// The times of the buckets: each bucket's end, but not after the last evaluation.
  public long[] times() {
    long[] times = new long[buckets()];
    long end = ceilDiv(firstMillis, stepMillis) * stepMillis;
    for (int i = 0; i < times.length; i++) {
      times[i] = Math.min(end + i * stepMillis, lastMillis);
    }
    return times;
  }

  /// Whether a bucket holds one evaluation only.
  public boolean isSingle() {
    return stepMillis == resolutionMillis;
  }
}
