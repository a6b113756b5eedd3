package io.evenkeel.gateway.policy;

/// The one with fewer requests in flight for its weight, by [TwoChoices].
public final class LeastRequests implements Policy {
  private final RandomSource random;

  public LeastRequests(RandomSource random) {
    this.random = random;
  }

  @Override
  public int pick(Peer[] eligible, long key, long nowNanos) {
    return TwoChoices.pick(eligible, random, LeastRequests::load);
  }

  private static double load(Peer peer) {
    return (peer.inFlight() + 1) / peer.weight();
  }
}
