package io.evenkeel.model.tune;

/// What turning a knob, or doing what is advised, may cost.
public enum Risk {
  /// May be turned without asking where the server's own policy says so.
  LOW,
  /// Wants somebody's approval.
  MEDIUM,
  /// No action turns it: a person does it.
  HIGH
}
