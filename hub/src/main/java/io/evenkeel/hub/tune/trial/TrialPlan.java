package io.evenkeel.hub.tune.trial;

import java.util.List;

/// How a change is put to the test; fixed before it begins.
///
/// @param lowerIsBetter which way the measure should go
/// @param looks after how many pairs it is decided, ascending; the chance of a false 'helped' is
///   shared among them
/// @param alpha that chance, for all looks together
/// @param leastEffect the share by which it must be better at least to be worth keeping
/// @param loadTolerance a pair whose blocks had loads further apart says nothing
/// @param mostVoid how many such pairs there may be before the trial gives up
public record TrialPlan(
    boolean lowerIsBetter,
    List<Integer> looks,
    double alpha,
    double leastEffect,
    double loadTolerance,
    int mostVoid) {
  public TrialPlan {
    looks = List.copyOf(looks);
  }

  /// Six to twelve pairs. With six, one look may use 1/64, which is below a third of 5 %.
  public static TrialPlan usual(boolean lowerIsBetter) {
    return new TrialPlan(lowerIsBetter, List.of(6, 9, 12), 0.05, 0.03, 0.10, 4);
  }

  /// The chance of a false 'helped' at one look.
  double alphaOfLook() {
    return alpha / looks.size();
  }

  /// How many pairs count before it is decided at the earliest.
  public int leastPairs() {
    return looks.getFirst();
  }

  /// How many count at most.
  public int mostPairs() {
    return looks.getLast();
  }
}
