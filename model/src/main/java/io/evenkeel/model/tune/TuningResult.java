package io.evenkeel.model.tune;

/// What came of a request to turn a knob.
public sealed interface TuningResult {
  /// What came of it, as an audit log has it.
  default String told() {
    return switch (this) {
      case Done done -> done.diff();
      case Refused(String reason) -> "refused: " + reason;
      case Yielded(String found) -> "left as somebody else wrote it: " + found;
      case Failed(String reason) -> "failed: " + reason;
    };
  }

  /// It is as asked. For a dry run: it could be.
  ///
  /// @param before the value before
  /// @param after the value after
  record Done(String before, String after) implements TuningResult {
    /// The change as a person reads it.
    public String diff() {
      return before.equals(after) ? before + " (as it is)" : before + " → " + after;
    }
  }

  /// It may not or cannot be; nothing was changed.
  record Refused(String reason) implements TuningResult {}

  /// Somebody else wrote the knob since: it stays as they wrote it.
  ///
  /// @param found the value they wrote
  record Yielded(String found) implements TuningResult {}

  /// It was tried and did not work; what was changed is being put back.
  record Failed(String reason) implements TuningResult {}
}
