package io.evenkeel.promql.eval;

import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.promql.eval.Annotations.HistogramOperation;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.histogram.Histogram.Combination;
import io.evenkeel.promql.parse.Expr.WindowEnds;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// rate, increase and delta over a window with anchored or smoothed ends: nothing is extrapolated.
/// Anchored, the sample before the window stands for its beginning; smoothed, the values at both
/// ends are interpolated between the samples around them.
final class ExtendedRate {
  private final Window w;
  private final boolean counter;
  private final boolean perSecond;
  private final boolean smoothed;

  /// The sample at or before the window's start, or the first one.
  private final int first;

  /// The sample at or, when smoothed, after the window's end, or the last one.
  private final int last;

  ExtendedRate(Window w, boolean counter, boolean perSecond) {
    this.w = w;
    this.counter = counter;
    this.perSecond = perSecond;
    this.smoothed = w.ends == WindowEnds.SMOOTHED;
    this.first = firstIndex(w.times, w.from, w.to, w.start);
    this.last = lastIndex(w.times, w.from, w.to, w.end, smoothed);
  }

  static int firstIndex(long[] times, int from, int to, long start) {
    int index = from;
    while (index + 1 < to && times[index + 1] <= start) {
      index++;
    }
    return index;
  }

  static int lastIndex(long[] times, int from, int to, long end, boolean smoothed) {
    int index = to - 1;
    while (smoothed && index > from && times[index - 1] >= end) {
      index--;
    }
    return index;
  }

  void apply(boolean histograms) {
    if (w.times[last] <= w.start || (smoothed && w.times[first] > w.end)) {
      return;
    }
    if (histograms) {
      ofHistograms();
    } else {
      ofNumbers();
    }
  }

  private void ofNumbers() {
    double left = leftValue(w.times, w.values, first, w.start, smoothed, counter);
    double right = rightValue(w.times, w.values, last, w.from, w.end, smoothed, counter);
    double change = right - left;
    if (counter) {
      double previous = left;
      int begin = w.times[first] <= w.start ? first + 1 : first;
      int stop = w.times[last] >= w.end ? last : last + 1;
      for (int i = begin; i < stop; i++) {
        if (w.values[i] < previous) {
          change += previous;
        }
        previous = w.values[i];
      }
      if (right < previous) {
        change += previous;
      }
    }
    w.answer(perSecond ? change / w.rangeSeconds() : change);
  }

  static double leftValue(
      long[] times, double[] values, int first, long start, boolean smoothed, boolean counter) {
    return smoothed && times[first] < start
        ? interpolated(times, values, first, start, counter)
        : values[first];
  }

  static double rightValue(
      long[] times,
      double[] values,
      int last,
      int from,
      long end,
      boolean smoothed,
      boolean counter) {
    return smoothed && last > from && times[last] > end
        ? interpolated(times, values, last - 1, end, counter)
        : values[last];
  }

  /// The value at a time between a sample and the next; a counter that was reset between them
  /// begins at zero.
  static double interpolated(long[] times, double[] values, int i, long time, boolean counter) {
    double from = counter && values[i + 1] < values[i] ? 0 : values[i];
    return from
        + (values[i + 1] - from) * (double) (time - times[i]) / (double) (times[i + 1] - times[i]);
  }

  private void ofHistograms() {
    boolean custom = at(first).isCustom();
    for (int i = first; i <= last; i++) {
      if (at(i).isCustom() != custom) {
        w.annotations.mixedSchemas(w.metric(), w.span);
        return;
      }
      if (counter && at(i).hint() == ResetHint.GAUGE) {
        w.annotations.histogramIsNoCounter(w.metric(), w.span);
      }
    }
    boolean cutsLeft = smoothed && w.times[first] < w.start;
    boolean cutsRight = smoothed && last > w.from && w.times[last] > w.end;
    Histogram left = cutsLeft ? interpolated(first, w.start) : at(first);
    Histogram right = cutsRight ? interpolated(last - 1, w.end) : at(last);
    if (left == null || right == null) {
      return;
    }
    if (!counter && (left.hint() != ResetHint.GAUGE || right.hint() != ResetHint.GAUGE)) {
      w.annotations.histogramIsNoGauge(w.metric(), w.span);
    }
    Histogram change = combined(right.minus(left), HistogramOperation.SUBTRACTION);
    if (counter && change != null) {
      change = corrected(change, left, right, cutsLeft);
    }
    if (change != null) {
      Histogram answer = change.withHint(ResetHint.GAUGE).compact();
      w.answer(perSecond ? answer.dividedBy(w.rangeSeconds()) : answer);
    }
  }

  private Histogram at(int index) {
    Histogram histogram = w.histogram(index);
    if (histogram == null) {
      throw new IllegalStateException("expected a histogram");
    }
    return histogram;
  }

  private @Nullable Histogram combined(
      Optional<Combination> combination, HistogramOperation operation) {
    if (combination.isEmpty()) {
      w.annotations.mixedSchemas(w.metric(), w.span);
      return null;
    }
    if (combination.get().boundsReconciled()) {
      w.annotations.reconciledBounds(operation, w.span);
    }
    return combination.get().value();
  }

  private @Nullable Histogram interpolated(int i, long time) {
    Histogram a = at(i);
    Histogram b = at(i + 1);
    if (time == w.times[i + 1]) {
      return b;
    }
    double part = (double) (time - w.times[i]) / (double) (w.times[i + 1] - w.times[i]);
    if (counter && b.isResetAfter(a)) {
      return b.times(part);
    }
    Histogram difference = combined(b.minus(a), HistogramOperation.SUBTRACTION);
    return difference == null
        ? null
        : combined(difference.times(part).plus(a), HistogramOperation.ADDITION);
  }

  /// Adds what the counter held before each reset between the window's ends.
  private @Nullable Histogram corrected(
      Histogram change, Histogram left, Histogram right, boolean cutsLeft) {
    int begin = first + 1;
    Histogram previous = left;
    if (cutsLeft && at(first + 1).isResetAfter(at(first))) {
      // The interpolation at the left end has dealt with this reset.
      previous = at(first + 1);
      begin++;
    }
    if (begin > last) {
      return change;
    }
    Histogram result = change;
    for (int i = begin; i <= last && result != null; i++) {
      Histogram current = i == last ? right : at(i);
      if (current.isResetAfter(previous)) {
        result = combined(result.plus(previous), HistogramOperation.ADDITION);
      }
      previous = current;
    }
    return result;
  }
}
