package io.evenkeel.hub.diagnose.finding;

import io.evenkeel.model.Text;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What one rule says of a host.
public sealed interface Outcome {
  /// The cause that was looked for.
  Cause cause();

  /// It is there.
  ///
  /// @param subject which disk, interface, unit …; empty for the whole host
  /// @param strength how far the signs are beyond their thresholds, 1 … 10
  /// @param confidence how much of the evidence agrees, 0 … 1
  record Found(
      Cause cause,
      String subject,
      double strength,
      double confidence,
      List<Evidence> evidence,
      Optional<Culprit> culprit,
      List<Advice> advice)
      implements Outcome {
    public Found {
      evidence = List.copyOf(evidence);
      advice = List.copyOf(advice);
    }
  }

  /// It is not there, by these numbers.
  ///
  /// @param headroom how much of the way to the threshold is left, 0 … 1; empty where that has no
  ///   meaning
  record Clear(Cause cause, List<Evidence> evidence, OptionalDouble headroom) implements Outcome {
    public Clear {
      evidence = List.copyOf(evidence);
    }
  }

  /// It cannot be judged: the reason says what is missing.
  record Unknown(Cause cause, Text reason) implements Outcome {}
}
