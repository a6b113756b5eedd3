package io.evenkeel.model.tune;

/// A request looked at, with nothing changed.
///
/// @param result what it would do
/// @param objection why the server's policy would refuse it though a person approved it; empty when
///   it would not
/// @param diff what it would change in a file, as a unified difference; empty for a knob that is no
///   line of a file
public record TuningLook(TuningResult result, String objection, String diff) {}
