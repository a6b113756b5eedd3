package io.evenkeel.model.tune;

import java.time.Duration;

/// A change that is not ended, with its knob as it is now.
///
/// @param before the value before
/// @param now the value now, or why it cannot be read
/// @param drifted whether somebody else wrote the knob since
/// @param kept whether it stays without a lease
/// @param leaseLeft until it is put back; zero when it is kept
public record TurnedKnob(
    String id,
    TuningRequest request,
    String before,
    String now,
    boolean drifted,
    boolean kept,
    Duration leaseLeft) {}
