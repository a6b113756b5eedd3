package io.evenkeel.gateway.policy;

/// The backend that a client's cookie names; a client without one, or whose backend is gone, gets
/// one by least requests.
public final class Sticky implements Policy {
  private final LeastRequests first;

  public Sticky(RandomSource random) {
    first = new LeastRequests(random);
  }

  @Override
  public int pick(Peer[] eligible, long key, long nowNanos) {
    if (key != 0) {
      for (int i = 0; i < eligible.length; i++) {
        if (eligible[i].id() == key) {
          return i;
        }
      }
    }
    return first.pick(eligible, key, nowNanos);
  }

  @Override
  public Affinity affinity() {
    return Affinity.COOKIE;
  }
}
