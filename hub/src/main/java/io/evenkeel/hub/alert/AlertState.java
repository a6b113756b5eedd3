package io.evenkeel.hub.alert;

import io.evenkeel.model.Labels;
import java.util.Map;

/// One alert that is not inactive. Times are epoch milliseconds.
///
/// @param phase where it is
/// @param noData whether what it measures is missing
/// @param activeAt since when its condition holds
/// @param firedAt since when it fires, 0 while it is pending
/// @param lastTrueAt when its condition held last; while it recovers, when that was first missed
/// @param value what was measured last
public record AlertState(
    String ruleId,
    Labels labels,
    Map<String, String> annotations,
    Phase phase,
    boolean noData,
    long activeAt,
    long firedAt,
    long lastTrueAt,
    double value) {
  /// Inactive and resolved alerts have no state.
  public enum Phase {
    PENDING,
    FIRING,
    /// The condition holds no more, but the alert is kept for a while or until its clear condition.
    RECOVERING
  }

  public AlertState {
    annotations = Map.copyOf(annotations);
  }

  /// Whether people are to know of it.
  public boolean isFiring() {
    return phase != Phase.PENDING;
  }

  /// The same alert as long as rule and labels are the same.
  public String fingerprint() {
    return AlertStore.fingerprint(labels);
  }

  AlertState held() {
    return new AlertState(
        ruleId, labels, annotations, phase, true, activeAt, firedAt, lastTrueAt, value);
  }
}
