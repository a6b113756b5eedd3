package io.evenkeel.model.tune;

/// How much a server's own policy lets a hub do to it.
public enum TuningMode {
  /// Look at values; change nothing.
  OBSERVE,
  /// What a person approved.
  APPROVE,
  /// What a person approved, and by itself what has a low risk.
  AUTO
}
