package io.evenkeel.hub.incident;

import java.util.List;

/// Alerts of which nobody is told for a while.
///
/// @param maintenance whether it is planned work, which pages show as such
public record Silence(
    String id,
    List<LabelMatcher> matchers,
    Schedule schedule,
    boolean maintenance,
    String comment,
    String createdBy,
    long createdAt) {
  public Silence {
    matchers = List.copyOf(matchers);
  }

  String word() {
    return maintenance ? "maintenance" : "silence";
  }
}
