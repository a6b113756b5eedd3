package io.evenkeel.model.tune;

import java.util.Optional;

/// A knob, what has it, and the value asked for. It says only what somebody wants: whether it may
/// be is [#objection] and then the server's own policy.
///
/// @param action the name of a [TuningAction]
/// @param target what has the knob; empty for the whole host
public record TuningRequest(String action, String target, String value) {
  /// Why nobody may be given this, whatever a policy says; empty when a policy may allow it.
  public Optional<String> objection() {
    Optional<TuningAction> known = TuningActions.named(action);
    if (known.isEmpty()) {
      return Optional.of("there is no tuning action '" + action + "'");
    }
    return known
        .get()
        .place()
        .objection(target)
        .or(() -> known.get().bounds().objection(value))
        .map(reason -> action + ": " + reason);
  }

  /// The knob without a value: `CPUQuota of nginx.service`.
  public String knob() {
    return target.isEmpty() ? action : action + " of " + target;
  }
}
