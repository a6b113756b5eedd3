package io.evenkeel.agent.tune;

/// One knob of this server, found and readable. Used by one thread at a time.
interface Knob {
  /// The value now, as a [io.evenkeel.model.tune.TuningRequest] writes it.
  String read() throws KnobException;

  /// Turns it.
  void write(String value) throws KnobException;

  /// Everything that [#write] changes, as [#restore] takes it.
  default String snapshot() throws KnobException {
    return read();
  }

  /// Puts back what [#snapshot] told.
  default void restore(String snapshot) throws KnobException {
    write(snapshot);
  }
}
