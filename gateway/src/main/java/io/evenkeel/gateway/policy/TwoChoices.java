package io.evenkeel.gateway.policy;

import java.util.function.ToDoubleFunction;

/// The cheaper of two picked at random (Mitzenmacher, 'The Power of Two Choices', 2001). Two are
/// enough to avoid the worst, and few enough that many gateways do not all rush to the same idle
/// backend.
final class TwoChoices {
  private TwoChoices() {}

  /// The index of the pick among the eligible, of whom there is at least one.
  static int pick(Peer[] eligible, RandomSource random, ToDoubleFunction<Peer> cost) {
    if (eligible.length == 1) {
      return 0;
    }
    int first = random.below(eligible.length);
    int second = random.below(eligible.length - 1);
    if (second >= first) {
      second++;
    }
    return cost.applyAsDouble(eligible[second]) < cost.applyAsDouble(eligible[first])
        ? second
        : first;
  }
}
