package io.evenkeel.hub.alert;

import io.evenkeel.hub.alert.AlertState.Phase;
import io.evenkeel.model.Labels;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an evaluation makes of one alert: INACTIVE → PENDING → FIRING → RECOVERING → RESOLVED. Pure
/// functions.
final class StateMachine {
  private StateMachine() {}

  /// The alert's series is in the result.
  static AlertState present(
      AlertRule rule,
      @Nullable AlertState before,
      Labels labels,
      Map<String, String> annotations,
      double value,
      long now) {
    if (before != null && before.isFiring()) {
      return new AlertState(
          rule.id(),
          labels,
          annotations,
          Phase.FIRING,
          false,
          before.activeAt(),
          before.firedAt(),
          now,
          value);
    }
    long activeAt = before == null ? now : before.activeAt();
    boolean fires = now - activeAt >= rule.hold().toMillis();
    return new AlertState(
        rule.id(),
        labels,
        annotations,
        fires ? Phase.FIRING : Phase.PENDING,
        false,
        activeAt,
        fires ? now : 0,
        now,
        value);
  }

  /// The alert's series is not in the result; null when the alert is over.
  ///
  /// @param noData whether what it measures is missing, in a rule that holds then
  /// @param cleared whether the clear condition holds, or there is none
  static @Nullable AlertState absent(
      AlertRule rule, AlertState before, boolean noData, boolean cleared, long now) {
    if (noData) {
      return before.held();
    }
    if (!before.isFiring()) {
      return null;
    }
    // As in Prometheus, the time runs from the first evaluation that misses the series.
    long left = before.phase() == Phase.RECOVERING ? before.lastTrueAt() : now;
    boolean kept = now - left < rule.keepFiring().toMillis();
    if (!kept && cleared) {
      return null;
    }
    return new AlertState(
        rule.id(),
        before.labels(),
        before.annotations(),
        Phase.RECOVERING,
        false,
        before.activeAt(),
        before.firedAt(),
        left,
        before.value());
  }
}
