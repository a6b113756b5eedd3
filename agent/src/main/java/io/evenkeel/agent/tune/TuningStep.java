package io.evenkeel.agent.tune;

/// The moments at which a stop of the process may find a change.
enum TuningStep {
  READ,
  INTENDED,
  WRITTEN,
  AUDITED,
  RESTORED,
  ENDED
}
