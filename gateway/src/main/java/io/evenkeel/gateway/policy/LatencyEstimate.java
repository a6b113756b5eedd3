package io.evenkeel.gateway.policy;

/// What a backend's recent answers took: at each level of load (requests in flight when the request
/// was sent), and as the peak-sensitive average of peak EWMA. Thread-safe.
///
/// A failure counts as at least a second, so that a backend that fails fast does not look fast and
/// draw all traffic (sinkholing).
public final class LatencyEstimate {
  /// The least that a failed request counts as.
  static final double FAILURE_NANOS = 1e9;

  /// The time constant of peak EWMA.
  static final double DECAY_NANOS = 10e9;

  /// The time constant of a level's average: short, so that a backend that is only explored once a
  /// second is believed to have recovered after a few answers.
  static final double LEVEL_DECAY_NANOS = 2e9;

  /// Loads 0, 1, 2–3, 4–7, … share a level each.
  private static final int LEVELS = 16;

  /// An answer weighs at least this much in a level's average, however fast answers follow.
  private static final double LEAST_GAIN = 0.05;

  private final double[] level = new double[LEVELS];
  private final long[] levelAt = new long[LEVELS];
  private final boolean[] levelKnown = new boolean[LEVELS];
  private double peak;
  private long peakAt;
  private boolean peakKnown;

  /// Counts an answer.
  ///
  /// @param load requests in flight when it was sent, itself not included
  public synchronized void observe(int load, long tookNanos, boolean failed, long nowNanos) {
    double took = failed ? Math.max(tookNanos, FAILURE_NANOS) : tookNanos;
    int i = levelOf(load);
    if (levelKnown[i]) {
      double gain =
          Math.max(LEAST_GAIN, 1 - Math.exp(-(nowNanos - levelAt[i]) / LEVEL_DECAY_NANOS));
      level[i] += gain * (took - level[i]);
    } else {
      level[i] = took;
      levelKnown[i] = true;
    }
    levelAt[i] = nowNanos;
    if (!peakKnown || took > peak) {
      peak = took;
    } else {
      double keep = Math.exp(-(nowNanos - peakAt) / DECAY_NANOS);
      peak = peak * keep + took * (1 - keep);
    }
    peakKnown = true;
    peakAt = nowNanos;
  }

  /// The latency in nanoseconds at the level of load nearest to this one; 0 when there was no
  /// answer yet, so that a new backend is tried.
  public synchronized double atLoad(int load) {
    int wanted = levelOf(load);
    for (int distance = 0; distance < LEVELS; distance++) {
      int below = wanted - distance;
      int above = wanted + distance;
      if (below >= 0 && levelKnown[below]) {
        return level[below];
      }
      if (above < LEVELS && levelKnown[above]) {
        return level[above];
      }
    }
    return 0;
  }

  /// Peak EWMA: rises at once, falls with a time constant of 10 s (Finagle); 0 before the first
  /// answer.
  public synchronized double peakNanos(long nowNanos) {
    return peakKnown ? peak * Math.exp(-Math.max(0, nowNanos - peakAt) / DECAY_NANOS) : 0;
  }

  private static int levelOf(int load) {
    return load <= 0 ? 0 : Math.min(LEVELS - 1, 32 - Integer.numberOfLeadingZeros(load));
  }
}
