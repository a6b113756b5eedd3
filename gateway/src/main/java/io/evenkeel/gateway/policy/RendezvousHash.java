package io.evenkeel.gateway.policy;

/// Consistent hashing by highest random weight (Thaler and Ravishankar, 1998; the weighted form of
/// Schindelhauer and Schomaker, 2005): each key ranks the backends, the first of its ranking gets
/// it. When a backend leaves only its keys move, each to the second of its ranking; there is no
/// table to rebuild, and weights are met exactly.
public final class RendezvousHash implements Policy {
  @Override
  public int pick(Peer[] eligible, long key, long nowNanos) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < eligible.length; i++) {
      double uniform = ((mix(key ^ mix(eligible[i].id())) >>> 11) + 0.5) * 0x1.0p-53;
      double score = eligible[i].weight() / -Math.log(uniform);
      if (score > highest) {
        highest = score;
        best = i;
      }
    }
    return best;
  }

  @Override
  public Affinity affinity() {
    return Affinity.HASH;
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
  static long mix(long z) {
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
