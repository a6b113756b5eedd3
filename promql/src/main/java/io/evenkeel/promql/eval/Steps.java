package io.evenkeel.promql.eval;

/// The times at which something is evaluated.
///
/// @param start epoch milliseconds
/// @param step milliseconds, > 0
/// @param count how many there are, ≥ 0
record Steps(long start, long step, int count) {
  long time(int index) {
    return start + index * step;
  }

  long end() {
    return time(Math.max(0, count - 1));
  }
}
