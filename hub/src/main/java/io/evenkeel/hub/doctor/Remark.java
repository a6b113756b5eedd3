package io.evenkeel.hub.doctor;

/// One thing that was looked at, and what to do about it when something is to be done.
///
/// @param about what was looked at, a word or two
public record Remark(Level level, String about, String text) {
  /// How bad it is; only a problem keeps the hub from its work.
  public enum Level {
    GOOD,
    NOTE,
    WARNING,
    PROBLEM
  }

  static Remark good(String about, String text) {
    return new Remark(Level.GOOD, about, text);
  }

  static Remark note(String about, String text) {
    return new Remark(Level.NOTE, about, text);
  }

  static Remark warning(String about, String text) {
    return new Remark(Level.WARNING, about, text);
  }

  static Remark problem(String about, String text) {
    return new Remark(Level.PROBLEM, about, text);
  }
}
