package io.evenkeel.hub.alert;

/// An alert that began to fire, or is over.
///
/// @param state how it is, or was last
/// @param at the evaluation's time, epoch milliseconds
public record Transition(Kind kind, AlertRule rule, AlertState state, long at) {
  public enum Kind {
    FIRED,
    RESOLVED
  }
}
