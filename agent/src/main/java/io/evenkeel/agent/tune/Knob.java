package io.evenkeel.agent.tune;

import java.util.Optional;

/// One knob of this server, found and readable. Used by one thread at a time.
interface Knob {
  /// The value now, as a [io.evenkeel.model.tune.TuningRequest] writes it.
  String read() throws KnobException;

  /// Turns it.
  ///
  /// @throws KnobUntouchedException when it could not, and it is as it was before
  /// @throws KnobException when it could not, and it may have to be put back
  void write(String value) throws KnobException;

  /// Everything that [#write] changes, as [#restore] takes it.
  default String snapshot() throws KnobException {
    return read();
  }

  /// Puts back what [#snapshot] told.
  default void restore(String snapshot) throws KnobException {
    write(snapshot);
  }

  /// A snapshot as a person reads it.
  default String shown(String snapshot) {
    return snapshot;
  }

  /// Whether the knob is as this turned it, and nothing else that belongs to it was changed since.
  ///
  /// @param value that was written
  /// @param before the snapshot before that
  default boolean isAsTurned(String value, String before) throws KnobException {
    return read().equals(value);
  }

  /// What somebody else made of it, as a person reads it.
  default String overwritten() throws KnobException {
    return read();
  }

  /// Makes what was put back hold where a write alone does not.
  ///
  /// @param snapshot that it has by now
  /// @return why it does not hold; empty when it does
  default Optional<String> settle(String snapshot) {
    return Optional.empty();
  }

  /// What turning it would change in a file, as a unified difference; empty where it is no line of
  /// one.
  default String diff(String value) throws KnobException {
    return "";
  }
}
