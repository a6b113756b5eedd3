package io.evenkeel.model.tune;

/// A request looked at, with nothing changed.
///
/// @param result what it would do
/// @param objection why the server's policy would refuse it though a person approved it; empty when
///   it would not
public record TuningLook(TuningResult result, String objection) {}
