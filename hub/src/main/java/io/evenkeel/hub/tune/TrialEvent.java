package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.MeasuredSeconds.Second;
import io.evenkeel.hub.tune.trial.Block;
import io.evenkeel.hub.tune.trial.Noise;
import io.evenkeel.hub.tune.trial.TrialReport;
import io.evenkeel.hub.tune.trial.TripWire;

/// What happens in a trial, told to whoever watches it, in its order and on its thread.
public sealed interface TrialEvent {
  /// @param noise whether the block is of the first phase
  /// @param number of the block, from 1 on
  /// @param second of the block, from 1 on, the washout's first
  record SecondPassed(boolean noise, int number, boolean on, int second, Second seen)
      implements TrialEvent {}

  /// The block that the seconds before belong to is over.
  record BlockDone(Block block) implements TrialEvent {}

  /// The last two blocks do not count, because the load moved.
  record PairVoid() implements TrialEvent {}

  /// The old value cannot be put back for a block: from now on blocks with the change count only,
  /// each against one of the first phase.
  record ComparedWithBefore() implements TrialEvent {}

  /// What the measure does by itself is known.
  record NoiseSeen(Noise noise) implements TrialEvent {}

  /// The knob is turned for the first time.
  ///
  /// @param before the value before
  /// @param wire with the limits of the guards
  record Turned(String before, TripWire wire) implements TrialEvent {}

  /// A guard tripped.
  record Tripped(TripWire.Trip trip) implements TrialEvent {}

  /// The verdict stands; the value is not kept or put back yet.
  record Decided(TrialReport report) implements TrialEvent {}
}
