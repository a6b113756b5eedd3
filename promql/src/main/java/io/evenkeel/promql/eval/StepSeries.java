package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import java.util.BitSet;

/// One series evaluated at every step: its values, and at which steps it has one.
///
/// @param values one per step; meaningless where the step is not present
record StepSeries(Labels labels, double[] values, BitSet present) {
  static StepSeries empty(Labels labels, int steps) {
    return new StepSeries(labels, new double[steps], new BitSet(steps));
  }

  boolean has(int step) {
    return present.get(step);
  }

  void set(int step, double value) {
    values[step] = value;
    present.set(step);
  }

  /// The same values under another identity.
  StepSeries relabelled(Labels other) {
    return new StepSeries(other, values, present);
  }
}
