package io.evenkeel.hub.live;

import org.jspecify.annotations.Nullable;

/// What an expression was at one time, written as JSON once for all who watch it.
///
/// @param timeMillis when
/// @param revision changes when the series do
/// @param seriesJson the series' labels, an array
/// @param valuesJson a number or null for each series, an array
/// @param error why there are no values, or null
record Evaluated(
    long timeMillis, int revision, String seriesJson, String valuesJson, @Nullable String error) {}
