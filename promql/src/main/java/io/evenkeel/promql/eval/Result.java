package io.evenkeel.promql.eval;

import java.util.List;

/// What a node evaluates to, for every step.
sealed interface Result {
  /// A number at each step.
  record Scalars(double[] values) implements Result {}

  record Text(String value) implements Result {}

  /// Series with at most one value a step.
  record Vector(List<StepSeries> series) implements Result {}
}
