package io.evenkeel.gateway.policy;

import java.util.Arrays;

/// Prequal's rule (Wydrowski et al., 'Load is not what you should balance', NSDI 2024): a backend
/// whose requests in flight are above the 0.84 quantile over all is hot; if any is cold the cold
/// one with the lowest latency at a similar load is picked, else the one with the fewest in flight.
///
/// One gateway's own count is the backend's load, so there is no pool of probes. Instead a backend
/// that got no request for a second is tried with the next one, so that a slow one that recovered
/// is found again.
public final class HotCold implements Policy {
  /// The quantile of requests in flight above which a backend is hot.
  static final double HOT_QUANTILE = 0.84;

  /// How long a backend may go without a request.
  static final long EXPLORE_AFTER_NANOS = 1_000_000_000L;

  private final RandomSource random;

  public HotCold(RandomSource random) {
    this.random = random;
  }

  @Override
  public int pick(Peer[] eligible, long key, long nowNanos) {
    int count = eligible.length;
    if (count == 1) {
      return 0;
    }
    double[] load = new double[count];
    int explored = -1;
    for (int i = 0; i < count; i++) {
      Peer peer = eligible[i];
      load[i] = peer.weight() > 0 ? peer.inFlight() / peer.weight() : Double.MAX_VALUE;
      if (peer.weight() > 0
          && peer.inFlight() == 0
          && nowNanos - peer.lastPickedNanos() > EXPLORE_AFTER_NANOS
          && (explored < 0 || peer.lastPickedNanos() < eligible[explored].lastPickedNanos())) {
        explored = i;
      }
    }
    if (explored >= 0) {
      return explored;
    }
    double threshold = quantile(load);
    // A random start spreads ties.
    int start = random.below(count);
    int cold = -1;
    double lowestLatency = Double.POSITIVE_INFINITY;
    int idlest = start;
    for (int n = 0; n < count; n++) {
      int i = (start + n) % count;
      if (load[i] < load[idlest]) {
        idlest = i;
      }
      if (load[i] <= threshold && load[i] < Double.MAX_VALUE) {
        double latency = eligible[i].latency().atLoad(eligible[i].inFlight());
        if (latency < lowestLatency) {
          lowestLatency = latency;
          cold = i;
        }
      }
    }
    return cold >= 0 ? cold : idlest;
  }

  /// The nearest-rank quantile below the largest: with few backends the quantile itself would be
  /// the maximum, and nothing would ever be hot.
  private static double quantile(double[] load) {
    double[] sorted = load.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(HOT_QUANTILE * sorted.length) - 1;
    return sorted[Math.min(rank, sorted.length - 2)];
  }
}
