package io.evenkeel.model.tune;

/// What turning a knob may cost.
public enum Risk {
  /// May be turned without asking where the server's own policy says so.
  LOW,
  /// Wants somebody's approval.
  MEDIUM
}
