package io.evenkeel.hub.notify;

import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.telemetry.DurationHistogram;
import io.evenkeel.hub.telemetry.Family;
import io.evenkeel.hub.telemetry.LabelledCounter;
import io.evenkeel.model.MetricType;
import java.util.List;

/// The hub's own figures of telling people. Safe for use by many threads.
public final class NotifyMetrics implements Family.Source {
  private final DurationHistogram fired = new DurationHistogram();
  private final DurationHistogram resolved = new DurationHistogram();
  private final LabelledCounter tries = new LabelledCounter();

  /// Counts a try.
  void tried(String kind, String outcome) {
    tries.add(1, kind, outcome);
  }

  /// Notes that a service took a message some time after what it tells of.
  void accepted(Notice.Kind kind, long millisSinceEvent) {
    switch (kind) {
      case FIRED, CHANGED, FIRED_AND_RESOLVED -> fired.recordNanos(millisSinceEvent * 1_000_000);
      case RESOLVED -> resolved.recordNanos(millisSinceEvent * 1_000_000);
      case ESCALATED, DIGEST, REMINDER, DELIVERY_PROBLEM, TEST -> {}
    }
  }

  /// From a sample until a service had taken the message that it is bad.
  public DurationHistogram eventToNotification() {
    return fired;
  }

  /// From a sample until a service had taken the message that it is good again.
  public DurationHistogram eventToResolved() {
    return resolved;
  }

  @Override
  public List<Family> families() {
    Family.Builder counted =
        Family.builder(
            "evenkeel_notification_tries_total",
            MetricType.COUNTER,
            "Tries to deliver a message, by the channel's kind and what came of it.");
    tries.into(counted, 1, "kind", "outcome");
    return List.of(
        Family.builder(
                "evenkeel_event_to_notification_seconds",
                MetricType.HISTOGRAM,
                "Time from the event until a service had taken the message.")
            .add(fired, "kind", "fired")
            .add(resolved, "kind", "resolved")
            .build(),
        counted.build());
  }
}
