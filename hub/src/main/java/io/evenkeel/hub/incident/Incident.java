package io.evenkeel.hub.incident;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something that is wrong, with its alerts. Times are epoch milliseconds.
///
/// @param subject what it is about, such as a host
/// @param labels the values by which its alerts are grouped
/// @param suppressedBy why nobody is told: `silence`, `maintenance`, `mute time`, `inhibition`,
///   `dependency` (it waits for its host); null when people are
/// @param escalated how many steps of the escalation were taken
public record Incident(
    String id,
    String groupKey,
    String title,
    String subject,
    String severity,
    Map<String, String> labels,
    State state,
    long openedAt,
    @Nullable Long resolvedAt,
    @Nullable Long acknowledgedAt,
    @Nullable String acknowledgedBy,
    @Nullable Long acknowledgedUntil,
    @Nullable String assignee,
    @Nullable String suppressedBy,
    int escalated,
    boolean flapping) {
  /// Where an incident is.
  public enum State {
    OPEN,
    ACKNOWLEDGED,
    /// It is over; what begins again within half an hour is the same incident.
    RESOLVED,
    CLOSED;

    boolean isOpen() {
      return this == OPEN || this == ACKNOWLEDGED;
    }
  }

  /// One of its alerts.
  ///
  /// @param signal what the rule measures, for a chart
  /// @param condition its threshold as people read it; may be empty
  public record Alert(
      String ruleId,
      String fingerprint,
      Map<String, String> labels,
      Map<String, String> annotations,
      String signal,
      String condition,
      @Nullable Double value,
      boolean firing,
      long startsAt,
      @Nullable Long endsAt) {
    String severity() {
      return labels.getOrDefault("severity", "");
    }

    Alert endedAt(long at) {
      return new Alert(
          ruleId, fingerprint, labels, annotations, signal, condition, value, false, startsAt, at);
    }
  }

  /// A line of its timeline.
  ///
  /// @param kind `fired`, `joined`, `left`, `told`, `acknowledged`, `unacknowledged`, `assigned`,
  ///   `commented`, `escalated`, `suppressed`, `resolved`, `reopened`, `closed`
  public record Event(long at, String kind, String actor, String detail) {}

  /// How bad, as a number: more is worse.
  static int rank(String severity) {
    return switch (severity) {
      case "critical" -> 3;
      case "warning" -> 2;
      case "info" -> 1;
      default -> 0;
    };
  }

  static String worst(List<Alert> alerts) {
    String worst = "";
    for (Alert alert : alerts) {
      if (alert.firing() && rank(alert.severity()) >= rank(worst)) {
        worst = alert.severity();
      }
    }
    return worst;
  }
}
