package io.evenkeel.hub.alert;

/// An alert that began to fire, or is over. Times are epoch milliseconds.
///
/// @param state how it is, or was last
/// @param at the evaluation's time
/// @param eventAt the time of the samples that made it so, not later than the evaluation
public record Transition(Kind kind, AlertRule rule, AlertState state, long at, long eventAt) {
  public enum Kind {
    FIRED,
    RESOLVED
  }

  /// A transition whose samples the evaluation was made for.
  public Transition(Kind kind, AlertRule rule, AlertState state, long at) {
    this(kind, rule, state, at, at);
  }

  Transition withEventAt(long time) {
    return new Transition(kind, rule, state, at, time);
  }
}
