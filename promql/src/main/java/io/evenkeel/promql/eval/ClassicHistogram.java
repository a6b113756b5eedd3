package io.evenkeel.promql.eval;

/// Quantiles of histograms whose buckets are series with an `le` label.
final class ClassicHistogram {
  private ClassicHistogram() {}

  /// The φ-quantile by linear interpolation inside the bucket it falls into. NaN without a +Inf
  /// bucket, without observations or with fewer than two buckets; the highest finite bound when it
  /// falls into the last bucket.
  ///
  /// @param bounds upper bounds, ascending, each once
  /// @param cumulative counts up to each bound; made monotonic here, because buckets are scraped at
  ///   slightly different moments
  static double quantile(double phi, double[] bounds, double[] cumulative) {
    if (Double.isNaN(phi)) {
      return Double.NaN;
    }
    if (phi < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (phi > 1) {
      return Double.POSITIVE_INFINITY;
    }
    int last = bounds.length - 1;
    if (last < 1 || bounds[last] != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    for (int i = 1; i <= last; i++) {
      cumulative[i] = Math.max(cumulative[i], cumulative[i - 1]);
    }
    double observations = cumulative[last];
    if (observations == 0 || Double.isNaN(observations)) {
      return Double.NaN;
    }
    double rank = phi * observations;
    int bucket = 0;
    while (bucket < last && cumulative[bucket] < rank) {
      bucket++;
    }
    if (bucket == last) {
      return bounds[last - 1];
    }
    if (bucket == 0 && bounds[0] <= 0) {
      return bounds[0];
    }
    double start = bucket == 0 ? 0 : bounds[bucket - 1];
    double below = bucket == 0 ? 0 : cumulative[bucket - 1];
    return start + (bounds[bucket] - start) * ((rank - below) / (cumulative[bucket] - below));
  }
}
