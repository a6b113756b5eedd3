package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.parse.Expr.WindowEnds;
import io.evenkeel.promql.parse.Span;
import org.jspecify.annotations.Nullable;

/// The samples of one series that a range function sees at one step, and the place for its answer.
///
/// The window slides over the same arrays from step to step. Its samples are those with `start <
/// time ≤ end` and, when its ends are anchored or smoothed, also those up to a look-back outside.
/// Not thread-safe.
final class Window {
  final Annotations annotations;

  /// Where the function's first argument stands.
  final Span span;

  final WindowEnds ends;
  Labels labels = Labels.empty();
  long[] times = new long[0];
  double[] values = new double[0];
  @Nullable Histogram @Nullable [] histograms;
  long @Nullable [] starts;

  /// How many samples the series has in all.
  int size;

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

  /// What a function keeps between the steps of one series, or null.
  @Nullable Object memory;

  private boolean answered;
  private double number;
  private @Nullable Histogram histogram;

  Window(Annotations annotations, Span span, WindowEnds ends) {
    this.annotations = annotations;
    this.span = span;
    this.ends = ends;
  }

  /// Starts on another series.
  void reset(Labels of, Samples samples) {
    labels = of;
    times = samples.times;
    values = samples.values;
    histograms = samples.histograms;
    starts = samples.starts;
    size = samples.size;
    from = 0;
    to = 0;
    memory = null;
  }

  int count() {
    return to - from;
  }

  double first() {
    return values[from];
  }

  double last() {
    return values[to - 1];
  }

  @Nullable Histogram histogram(int index) {
    return histograms == null ? null : histograms[index];
  }

  long startTime(int index) {
    return starts == null ? 0 : starts[index];
  }

  double rangeSeconds() {
    return (end - start) / 1000.0;
  }

  String metric() {
    return labels.metricName();
  }

  /// How many of the window's samples are histograms.
  int histogramCount() {
    if (histograms == null) {
      return 0;
    }
    int found = 0;
    for (int i = from; i < to; i++) {
      found += histograms[i] != null ? 1 : 0;
    }
    return found;
  }

  /// This window without its histograms; itself when it has none.
  Window numbers() {
    int others = histogramCount();
    if (others == 0) {
      return this;
    }
    Window only = new Window(annotations, span, ends);
    only.labels = labels;
    only.times = new long[count() - others];
    only.values = new double[count() - others];
    for (int i = from; i < to; i++) {
      if (histogram(i) == null) {
        only.times[only.to] = times[i];
        only.values[only.to++] = values[i];
      }
    }
    only.size = only.to;
    only.start = start;
    only.end = end;
    only.now = now;
    only.arguments = arguments;
    return only;
  }

  void answer(double value) {
    answered = true;
    number = value;
    histogram = null;
  }

  void answer(Histogram value) {
    answered = true;
    histogram = value;
  }

  /// Puts the answer, if there was one, into a step of a series and forgets it.
  boolean store(StepSeries series, int step) {
    if (!answered) {
      return false;
    }
    answered = false;
    if (histogram == null) {
      series.set(step, number);
    } else {
      series.set(step, histogram);
      histogram = null;
    }
    return true;
  }
}
