package io.evenkeel.promql.eval;

/// A function of a window: it answers into the window, or not at all.
@FunctionalInterface
interface RangeFunction {
  /// @param window has at least one sample
  void apply(Window window);
}
