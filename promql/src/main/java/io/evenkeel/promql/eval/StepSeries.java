package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.histogram.Histogram;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// One series evaluated at every step: at which steps it has a sample, and which. Not thread-safe.
final class StepSeries {
  private static final int BYTES_BESIDE_STEPS = 120;

  private final Labels labels;

  /// Whether the metric's name goes in the end. It stays until then, so that functions and
  /// matchings in between may still look at it.
  private final boolean dropsName;

  private final double[] values;
  private final BitSet present;
  private @Nullable Histogram @Nullable [] histograms;

  private StepSeries(
      Labels labels,
      boolean dropsName,
      double[] values,
      BitSet present,
      @Nullable Histogram @Nullable [] histograms) {
    this.labels = labels;
    this.dropsName = dropsName;
    this.values = values;
    this.present = present;
    this.histograms = histograms;
  }

  static StepSeries empty(Labels labels, boolean dropsName, int steps) {
    return new StepSeries(labels, dropsName, new double[steps], new BitSet(steps), null);
  }

  /// About how many bytes a series of numbers takes.
  static long bytes(long steps) {
    return BYTES_BESIDE_STEPS + 9 * steps;
  }

  /// About how many bytes it takes.
  long bytes() {
    // Most histograms are shared between steps; the references are not.
    return bytes(values.length) + (histograms == null ? 0 : 8L * values.length);
  }

  /// A number at every step.
  static StepSeries of(Labels labels, double[] values) {
    BitSet all = new BitSet(values.length);
    all.set(0, values.length);
    return new StepSeries(labels, false, values, all, null);
  }

  Labels labels() {
    return labels;
  }

  boolean dropsName() {
    return dropsName;
  }

  /// One per step; meaningless where there is no number.
  double[] values() {
    return values;
  }

  BitSet present() {
    return present;
  }

  boolean has(int step) {
    return present.get(step);
  }

  boolean isEmpty() {
    return present.isEmpty();
  }

  /// Whether there are histograms among the samples.
  boolean hasHistograms() {
    return histograms != null;
  }

  /// The step's sample when it is a histogram, else null.
  @Nullable Histogram histogram(int step) {
    return histograms == null ? null : histograms[step];
  }

  void set(int step, double value) {
    values[step] = value;
    present.set(step);
  }

  void set(int step, Histogram histogram) {
    if (histograms == null) {
      histograms = new Histogram[values.length];
    }
    histograms[step] = histogram;
    present.set(step);
  }

  /// Takes over another series' sample at a step.
  void copy(StepSeries from, int fromStep, int step) {
    Histogram histogram = from.histogram(fromStep);
    if (histogram == null) {
      set(step, from.values[fromStep]);
    } else {
      set(step, histogram);
    }
  }

  /// The same samples under another identity.
  StepSeries relabelled(Labels other, boolean drops) {
    return new StepSeries(other, drops, values, present, histograms);
  }

  /// The same samples, some of them hidden.
  StepSeries only(BitSet kept) {
    return new StepSeries(labels, dropsName, values, kept, histograms);
  }
}
