package io.evenkeel.hub.telemetry;

import io.evenkeel.hub.rules.RecordingRules;
import java.util.List;

/// How the recording rules fare, as metrics.
public final class RecordingFamilies implements Family.Source {
  private final RecordingRules rules;

  public RecordingFamilies(RecordingRules rules) {
    this.rules = rules;
  }

  @Override
  public List<Family> families() {
    return List.of(
        Family.counter(
            "evenkeel_recording_rules_evaluated_total",
            "Recording rules evaluated.",
            rules.evaluations()),
        Family.counter(
            "evenkeel_recording_rules_failed_total",
            "Evaluations of recording rules that ended in an error.",
            rules.failures()),
        Family.counter(
            "evenkeel_recording_rules_missed_total",
            "Turns that groups of recording rules missed.",
            rules.missed()));
  }
}
