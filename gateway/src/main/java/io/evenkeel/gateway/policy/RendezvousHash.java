package io.evenkeel.gateway.policy;

/// Consistent hashing by highest random weight (Thaler and Ravishankar, 1998; the weighted form of
/// Schindelhauer and Schomaker, 2005): each key ranks the backends, the first of its ranking gets
/// it. When a backend leaves only its keys move, each to the second of its ranking; there is no
/// table to rebuild, and weights are met exactly.
///
/// Loads are bounded (Mirrokni, Thorup and Zadimoghaddam, 2016): a backend that has a quarter more
/// in flight than its weight's part of all is passed over for the next of the ranking, so that a
/// popular key does not bring one down. Below [#NEVER_FULL] requests keys stay where they are.
public final class RendezvousHash implements Policy {
  /// How much more than its part a backend may have in flight.
  static final double BOUND = 1.25;

  /// A backend with fewer in flight takes its keys whatever its part.
  static final int NEVER_FULL = 16;

  @Override
  public int pick(Peer[] eligible, long key, long nowNanos) {
    double weights = 0;
    long inFlight = 1;
    for (Peer peer : eligible) {
      weights += peer.weight();
      inFlight += peer.inFlight();
    }
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    int bestWithRoom = -1;
    double highestWithRoom = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < eligible.length; i++) {
      double weight = eligible[i].weight();
      double uniform = ((mix(key ^ mix(eligible[i].id())) >>> 11) + 0.5) * 0x1.0p-53;
      double score = weight / -Math.log(uniform);
      if (score > highest) {
        highest = score;
        best = i;
      }
      int own = eligible[i].inFlight();
      boolean room = own < NEVER_FULL || own + 1 <= Math.ceil(BOUND * inFlight * weight / weights);
      if (room && score > highestWithRoom) {
        highestWithRoom = score;
        bestWithRoom = i;
      }
    }
    return bestWithRoom < 0 ? best : bestWithRoom;
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
