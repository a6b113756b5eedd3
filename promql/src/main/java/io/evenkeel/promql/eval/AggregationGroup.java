package io.evenkeel.promql.eval;

import java.util.List;

/// The series of one group of an aggregation. Not thread-safe.
interface AggregationGroup {
  /// Takes one more series.
  void add(StepSeries series);

  /// Adds what has come out of it.
  void finish(List<StepSeries> answer);
}
