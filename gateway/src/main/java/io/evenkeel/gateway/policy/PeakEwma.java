package io.evenkeel.gateway.policy;

/// The cheaper by [TwoChoices], where the cost is latency × (requests in flight + 1) by weight, the
/// latency rising at once and decaying over 10 s (Finagle's peak EWMA).
public final class PeakEwma implements Policy {
  private final RandomSource random;

  public PeakEwma(RandomSource random) {
    this.random = random;
  }

  @Override
  public int pick(Peer[] eligible, long key, long nowNanos) {
    return TwoChoices.pick(eligible, random, peer -> cost(peer, nowNanos));
  }

  private static double cost(Peer peer, long nowNanos) {
    // Without an answer yet, the load alone decides.
    double latency = Math.max(1, peer.latency().peakNanos(nowNanos));
    return latency * (peer.inFlight() + 1) / peer.weight();
  }
}
