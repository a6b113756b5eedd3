package io.evenkeel.model;

/// One traced observation that stands for others in a series.
///
/// @param labels the exemplar's own labels, such as a trace id
/// @param value the observed value
/// @param timestampMillis when it was observed, epoch milliseconds
public record Exemplar(Labels labels, double value, long timestampMillis) {}
