package io.evenkeel.hub.diagnose.finding;

/// How a resource suffers, the worst first: errors before saturation before utilisation (Brendan
/// Gregg, the USE method).
public enum Tier {
  ERRORS,
  SATURATION,
  UTILISATION
}
