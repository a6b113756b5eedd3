package io.evenkeel.promql;

import java.util.List;

/// The answer to a query.
///
/// @param warnings what may make the answer wrong
/// @param infos what may be worth knowing
/// @param samples how many samples were touched
public record QueryOutcome(Value value, List<String> warnings, List<String> infos, long samples) {
  public QueryOutcome {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }
}
