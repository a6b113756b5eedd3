package io.evenkeel.gateway.policy;

/// Turns in proportion to the weights, spread evenly: for each peer cw += w, total += w; the
/// largest cw is picked and gives back total (nginx, 2012).
public final class SmoothWeightedRoundRobin implements Policy {
  private Peer[] peers = {};
  private double[] current = {};

  // The same array means the same set: pools make another one for each change.
  @SuppressWarnings("ReferenceEquality")
  @Override
  public synchronized int pick(Peer[] eligible, long key, long nowNanos) {
    if (eligible != peers) {
      carryOver(eligible);
    }
    double total = 0;
    int best = 0;
    for (int i = 0; i < eligible.length; i++) {
      double weight = eligible[i].weight();
      current[i] += weight;
      total += weight;
      if (current[i] > current[best]) {
        best = i;
      }
    }
    current[best] -= total;
    return best;
  }

  /// A change of the set keeps what the peers that stay were owed.
  private void carryOver(Peer[] eligible) {
    double[] next = new double[eligible.length];
    for (int i = 0; i < eligible.length; i++) {
      for (int j = 0; j < peers.length; j++) {
        if (peers[j].id() == eligible[i].id()) {
          next[i] = current[j];
        }
      }
    }
    peers = eligible;
    current = next;
  }

  @Override
  public Shares shares() {
    return Shares.BY_WEIGHT;
  }
}
