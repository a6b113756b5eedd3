package io.evenkeel.hub.incident;

import io.evenkeel.hub.incident.Incident.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An incident while a transaction changes it. Used by one thread.
final class IncidentRow {
  private static final long FLAPPING_WITHIN_MILLIS = Duration.ofMinutes(30).toMillis();
  private static final int FLAPPING_TURNS = 4;
  private static final int KEPT_TURNS = 16;

  final String id;
  final String groupKey;
  final Map<String, String> labels;
  String title = "";
  String subject = "";
  String severity = "";
  State state = State.OPEN;
  long openedAt;
  @Nullable Long resolvedAt;
  @Nullable Long acknowledgedAt;
  @Nullable String acknowledgedBy;
  @Nullable Long acknowledgedUntil;
  @Nullable String assignee;
  @Nullable String suppressedBy;
  long sequence;

  /// When people were told last since it was opened; 0 when they were not.
  long toldAt;

  /// When it was summed up last while it came and went; 0 when it never was.
  long digestAt;

  boolean untoldChange;
  int escalated;

  /// When it was opened, resolved, opened again …
  List<Long> turns = new ArrayList<>();

  IncidentRow(String id, String groupKey, Map<String, String> labels) {
    this.id = id;
    this.groupKey = groupKey;
    this.labels = labels;
  }

  boolean isFlapping(long now) {
    return turns.stream().filter(turn -> turn > now - FLAPPING_WITHIN_MILLIS).count()
        >= FLAPPING_TURNS;
  }

  void turn(long at) {
    turns.add(at);
    if (turns.size() > KEPT_TURNS) {
      turns.removeFirst();
    }
  }

  /// It is over and begins again. Who took care of it for a time that is not over still does; an
  /// acknowledgement without an end was for what has ended.
  void reopen(long at) {
    resolvedAt = null;
    escalated = 0;
    if (acknowledgedUntil != null && acknowledgedUntil > at) {
      state = State.ACKNOWLEDGED;
      return;
    }
    state = State.OPEN;
    acknowledgedAt = null;
    acknowledgedBy = null;
    acknowledgedUntil = null;
  }

  Incident view(long now) {
    return new Incident(
        id,
        groupKey,
        title,
        subject,
        severity,
        labels,
        state,
        openedAt,
        resolvedAt,
        acknowledgedAt,
        acknowledgedBy,
        acknowledgedUntil,
        assignee,
        suppressedBy,
        escalated,
        isFlapping(now));
  }
}
