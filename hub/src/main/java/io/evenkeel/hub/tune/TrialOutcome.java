package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.trial.Noise;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.tune.trial.TrialReport;

/// How the try of a change ended.
public sealed interface TrialOutcome {
  /// Nothing was turned.
  record NotTried(Reason reason) implements TrialOutcome {}

  /// It was tried.
  ///
  /// @param noise what the measure did by itself before
  /// @param kept whether the new value stays
  /// @param ended what came of keeping it or putting it back
  record Tried(TrialReport report, Noise noise, boolean kept, Reason ended)
      implements TrialOutcome {}
}
