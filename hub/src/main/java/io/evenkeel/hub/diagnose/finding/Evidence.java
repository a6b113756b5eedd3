package io.evenkeel.hub.diagnose.finding;

import io.evenkeel.model.Text;

/// One number that speaks for or against a cause.
///
/// @param what what was measured
/// @param value the number over the window
/// @param threshold where the cause begins
/// @param above whether the cause begins above the threshold (else below it)
/// @param met whether the number is beyond the threshold
/// @param query the PromQL expression that draws it, for a host named `$host`; empty when there is
///   none
public record Evidence(
    Text what,
    double value,
    Unit unit,
    double threshold,
    boolean above,
    boolean met,
    String query) {
  /// How many times the threshold the number is; the other way round where less is worse. Between 0
  /// and 10.
  public double strength() {
    double ratio =
        above
            ? threshold > 0 ? value / threshold : value > 0 ? 2 : 0
            : value > 0 ? threshold / value : 10;
    return Math.clamp(ratio, 0, 10);
  }
}
