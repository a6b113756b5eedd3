package io.evenkeel.hub.tune.measure;

import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import org.jspecify.annotations.Nullable;

/// The one number that a change should make better, named before the trial, in PromQL. In each
/// expression `$host` stands for the host's name and `$window` for a window that fits.
///
/// @param expression gives one number
/// @param offered how much work comes in, measured apart from what the change may move; null when
///   nobody can tell
/// @param errors failures a second that must not grow, instead of the network's own; null for those
/// @param p99 the slowest hundredth in seconds that must not grow; null when there is none
public record Measure(
    Text title,
    String expression,
    boolean lowerIsBetter,
    Unit unit,
    @Nullable String offered,
    @Nullable String errors,
    @Nullable String p99) {}
