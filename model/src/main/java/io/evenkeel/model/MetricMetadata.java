package io.evenkeel.model;

/// What a metric's name means.
///
/// @param metric the metric's name (the family's, without `_total` where the format splits it off)
/// @param type its kind
/// @param unit its unit in words, or empty
/// @param help one sentence that explains it, or empty
public record MetricMetadata(String metric, MetricType type, String unit, String help) {}
