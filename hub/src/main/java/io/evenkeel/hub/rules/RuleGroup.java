package io.evenkeel.hub.rules;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Rules that are evaluated together, one after the other, at the same time.
///
/// @param name unique in its file
/// @param interval between evaluations, when it is not the hub's own
/// @param queryOffset how far before the evaluation's time the expressions look
/// @param limit the most series or alerts that one rule may have: beyond it all its output is
///   dropped; 0 = no limit
/// @param line its line in the file, from 1
public record RuleGroup(
    String name,
    Optional<Duration> interval,
    Optional<Duration> queryOffset,
    int limit,
    List<Rule> rules,
    int line) {
  public RuleGroup {
    rules = List.copyOf(rules);
  }
}
