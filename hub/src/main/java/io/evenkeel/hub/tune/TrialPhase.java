package io.evenkeel.hub.tune;

/// Where a trial is.
public enum TrialPhase {
  /// It looks at what the measure does by itself.
  NOISE,
  /// It turns the knob on and off.
  BLOCKS,
  ENDED
}
