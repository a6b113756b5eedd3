package io.evenkeel.gateway.policy;

/// The one with fewer requests in flight for its weight, of two picked at random (Mitzenmacher,
/// 'The Power of Two Choices', 2001). Two are enough to avoid the worst, and few enough that many
/// gateways do not all rush to the same idle backend.
public final class LeastRequests implements Policy {
  private final RandomSource random;

  public LeastRequests(RandomSource random) {
    this.random = random;
  }

  @Override
  public int pick(Peer[] eligible, long key, long nowNanos) {
    if (eligible.length == 1) {
      return 0;
    }
    int first = random.below(eligible.length);
    int second = random.below(eligible.length - 1);
    if (second >= first) {
      second++;
    }
    return load(eligible[second]) < load(eligible[first]) ? second : first;
  }

  private static double load(Peer peer) {
    return (peer.inFlight() + 1) / peer.weight();
  }
}
