package io.evenkeel.model.tune;

import java.util.List;

/// How a server stands to being tuned.
///
/// @param problem why nothing can be turned there now; empty when something can
/// @param mode its own policy
/// @param reason why it is stricter than its file says; empty when it is not
/// @param stopped whether all tuning is stopped there
/// @param changes what is leased or kept, with the knobs as they are now
public record TuningStanding(
    String problem, TuningMode mode, String reason, boolean stopped, List<TurnedKnob> changes) {
  public TuningStanding {
    changes = List.copyOf(changes);
  }

  /// The standing of a server that cannot be asked.
  public static TuningStanding without(String problem) {
    return new TuningStanding(problem, TuningMode.OBSERVE, "", false, List.of());
  }
}
