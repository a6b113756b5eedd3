package io.evenkeel.gateway.policy;

import java.util.concurrent.atomic.AtomicInteger;

/// Each backend in its turn, whatever its weight; one of weight 0 is left out.
public final class RoundRobin implements Policy {
  private final AtomicInteger turn = new AtomicInteger();

  @Override
  public int pick(Peer[] eligible, long key, long nowNanos) {
    int start = Math.floorMod(turn.getAndIncrement(), eligible.length);
    for (int i = 0; i < eligible.length; i++) {
      int candidate = (start + i) % eligible.length;
      if (eligible[candidate].weight() > 0) {
        return candidate;
      }
    }
    return start;
  }

  @Override
  public Shares shares() {
    return Shares.EQUAL;
  }
}
