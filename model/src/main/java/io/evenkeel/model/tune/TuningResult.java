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
      case Busy(String reason) -> "not yet: " + reason;
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

  /// The old value cannot be put back yet, because what the knob limits is in use: the new value
  /// holds. A change that is to end stays in the journal and is tried again until it is back; a
  /// leased one that was only to be off for a while stays on.
  ///
  /// @param reason how much is in use
  record Busy(String reason) implements TuningResult {}
}
