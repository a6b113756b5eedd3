package io.evenkeel.hub.simulate;

/// What the hub took of one server: an account to hold the hub to.
///
/// @param moments how many, each with one sample of every series
/// @param lastMillis the newest of them, epoch milliseconds; 0 before the first
/// @param lastSequence the newest value of `evenkeel_simulated_sequence`
public record Acknowledged(String instance, long moments, long lastMillis, long lastSequence) {}
