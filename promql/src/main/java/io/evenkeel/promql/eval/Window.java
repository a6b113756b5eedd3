package io.evenkeel.promql.eval;

/// The samples of one series that a range function sees at one step, and the place for its answer.
///
/// The window slides over the same arrays from step to step; samples are those with `start < time ≤
/// end`, in time order, without stale markers. Not thread-safe.
final class Window {
  long[] times = new long[0];
  double[] values = new double[0];

  /// The first sample's index.
  int from;

  /// Behind the last sample's index.
  int to;

  /// The window's open left end, epoch milliseconds.
  long start;

  /// The window's closed right end, epoch milliseconds.
  long end;

  /// The step's own time, which the function's answer is for; differs from `end` under an offset.
  long now;

  /// The values of the function's scalar arguments at this step.
  double[] arguments = new double[0];

  double result;

  int size() {
    return to - from;
  }

  double first() {
    return values[from];
  }

  double last() {
    return values[to - 1];
  }

  /// Gives the answer.
  boolean answer(double value) {
    result = value;
    return true;
  }
}
