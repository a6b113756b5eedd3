package io.evenkeel.promql.eval;

import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.promql.eval.Annotations.HistogramOperation;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.histogram.Histogram.Combination;
import io.evenkeel.promql.parse.Expr.WindowEnds;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// rate, increase, delta and their instantaneous kin, changes and resets, with Prometheus 3's
/// rules.
final class CounterFunctions {
  private CounterFunctions() {}

  /// rate (counter, per second), increase (counter) or delta (neither).
  record Extrapolated(boolean counter, boolean perSecond) implements RangeFunction {
    @Override
    public void apply(Window w) {
      int histograms = w.histogramCount();
      if (histograms > 0 && histograms < w.count()) {
        w.annotations.mixedFloatsAndHistograms(w.metric(), w.span);
      } else if (w.ends != WindowEnds.PLAIN) {
        new ExtendedRate(w, counter, perSecond).apply(histograms > 0);
      } else {
        extrapolate(w, histograms > 0);
      }
    }

    /// Towards the window's ends by the samples' mean distance, at most 1.1 times it; a counter not
    /// below zero; from a known start, which counts as a sample of zero, not at all.
    private void extrapolate(Window w, boolean histogram) {
      int steps = w.count() - 1;
      Histogram change = null;
      double number = 0;
      if (histogram && steps > 0) {
        change = histogramChange(w);
        if (change == null) {
          return;
        }
      } else if (!histogram) {
        number = w.last() - w.first();
        if (counter && steps > 0) {
          number += dropsBetween(w);
        }
      }
      long firstTime = w.times[w.from];
      long lastTime = w.times[w.to - 1];
      double toStart = (firstTime - w.start) / 1000.0;
      double toEnd = (w.end - lastTime) / 1000.0;
      double interval = (lastTime - firstTime) / 1000.0;
      double mean = steps > 0 ? interval / steps : 0;
      double threshold = mean * 1.1;
      long began = counter ? w.startTime(w.from) : 0;
      if (began != 0 && began > w.start && began < firstTime) {
        toStart = 0;
        interval = (lastTime - began) / 1000.0;
        if (histogram) {
          change = sum(change, w.histogram(w.from), w);
          if (change == null) {
            return;
          }
        } else {
          number += w.first();
        }
      } else if (steps == 0) {
        return;
      } else {
        if (toStart >= threshold) {
          toStart = mean / 2;
        }
        if (counter) {
          toStart = Math.min(toStart, toZero(w, number, change, interval, toStart));
        }
      }
      if (toEnd >= threshold) {
        toEnd = mean / 2;
      }
      double factor = interval == 0 ? 1 : (interval + toStart + toEnd) / interval;
      if (perSecond) {
        factor /= w.rangeSeconds();
      }
      if (change == null) {
        w.answer(number * factor);
      } else {
        w.answer(change.times(factor));
      }
    }

    /// How long before the first sample the counter would have been at zero, at this slope.
    private static double toZero(
        Window w, double number, @Nullable Histogram change, double interval, double otherwise) {
      Histogram first = w.histogram(w.from);
      if (change == null || first == null) {
        return number > 0 && w.first() >= 0 ? interval * (w.first() / number) : otherwise;
      }
      return change.count() > 0 && first.count() >= 0
          ? interval * (first.count() / change.count())
          : otherwise;
    }

    private static @Nullable Histogram sum(
        @Nullable Histogram change, @Nullable Histogram first, Window w) {
      return change == null || first == null ? first : added(change, first, w);
    }

    private @Nullable Histogram histogramChange(Window w) {
      Histogram first = histogramAt(w, w.from);
      Histogram last = histogramAt(w, w.to - 1);
      if (counter && (first.hint() == ResetHint.GAUGE || last.hint() == ResetHint.GAUGE)) {
        w.annotations.histogramIsNoCounter(w.metric(), w.span);
      }
      Histogram before = first;
      if (counter && isReset(w, w.from + 1)) {
        // Nothing of the first sample is needed then, not even its layout.
        before = histogramAt(w, w.from + 1).emptied();
      }
      boolean custom = before.isCustom();
      int schema = Math.min(before.schema(), last.schema());
      boolean mixed = last.isCustom() != custom;
      for (int i = w.from + 1; i < w.to - 1 && counter && !mixed; i++) {
        Histogram current = histogramAt(w, i);
        if (current.hint() == ResetHint.GAUGE) {
          w.annotations.histogramIsNoCounter(w.metric(), w.span);
        }
        schema = Math.min(schema, current.schema());
        mixed = current.isCustom() != custom;
      }
      if (mixed) {
        w.annotations.mixedSchemas(w.metric(), w.span);
        return null;
      }
      Histogram change = subtracted(last.coarser(schema), before, w);
      if (counter) {
        Histogram previous = before;
        for (int i = w.from + 1; i < w.to && change != null; i++) {
          boolean reset = startsAnew(w, i) || histogramAt(w, i).isResetAfter(previous);
          if (reset) {
            change = added(change, previous, w);
          }
          previous = histogramAt(w, i);
        }
        warnOfOverlaps(w);
      } else if (first.hint() != ResetHint.GAUGE || last.hint() != ResetHint.GAUGE) {
        w.annotations.histogramIsNoGauge(w.metric(), w.span);
      }
      return change == null ? null : change.withHint(ResetHint.GAUGE).compact();
    }
  }

  private static Histogram histogramAt(Window w, int index) {
    Histogram histogram = w.histogram(index);
    if (histogram == null) {
      throw new IllegalStateException("expected a histogram");
    }
    return histogram;
  }

  private static boolean isReset(Window w, int index) {
    return startsAnew(w, index) || histogramAt(w, index).isResetAfter(histogramAt(w, index - 1));
  }

  private static @Nullable Histogram added(Histogram a, Histogram b, Window w) {
    return combined(a.plus(b), HistogramOperation.ADDITION, w);
  }

  private static @Nullable Histogram subtracted(Histogram a, Histogram b, Window w) {
    return combined(a.minus(b), HistogramOperation.SUBTRACTION, w);
  }

  private static @Nullable Histogram combined(
      Optional<Combination> combination, HistogramOperation operation, Window w) {
    if (combination.isEmpty()) {
      w.annotations.mixedSchemas(w.metric(), w.span);
      return null;
    }
    if (combination.get().boundsReconciled()) {
      w.annotations.reconciledBounds(operation, w.span);
    }
    return combination.get().value();
  }

  /// What a counter held before each reset inside of the window, added up. Where resets are is
  /// found once per series.
  private static double dropsBetween(Window w) {
    Drops drops = w.memory instanceof Drops known ? known : new Drops(w);
    w.memory = drops;
    return drops.between(w);
  }

  /// The resets of one series, for windows that slide forward.
  private static final class Drops {
    /// The samples right after a reset.
    private int[] indexes = new int[8];

    private int size;
    private int next;

    Drops(Window w) {
      double[] values = w.values;
      int count = w.size;
      if (w.starts == null) {
        // The loop that every rate runs over every sample: nothing but the comparison.
        double before = count > 0 ? values[0] : 0;
        for (int i = 1; i < count; i++) {
          double value = values[i];
          if (value < before) {
            add(i);
          }
          before = value;
        }
        return;
      }
      for (int i = 1; i < count; i++) {
        if (values[i] < values[i - 1] || startsAnew(w, i)) {
          add(i);
        }
      }
      warnOfOverlaps(w);
    }

    private void add(int index) {
      if (size == indexes.length) {
        indexes = Arrays.copyOf(indexes, 2 * size);
      }
      indexes[size++] = index;
    }

    double between(Window w) {
      while (next < size && indexes[next] <= w.from) {
        next++;
      }
      double held = 0;
      for (int i = next; i < size && indexes[i] < w.to; i++) {
        held += w.values[indexes[i] - 1];
      }
      return held;
    }
  }

  /// Whether a sample's counter began after the sample before it.
  private static boolean startsAnew(Window w, int index) {
    long began = w.startTime(index);
    if (began == 0 || began >= w.times[index]) {
      return false;
    }
    long before = w.times[index - 1];
    if (began != before) {
      return began > before;
    }
    // It begins at the sample before: each sample is a difference, unless the start is unknown.
    long beganBefore = w.startTime(index - 1);
    return beganBefore != 0 && beganBefore < before;
  }

  private static void warnOfOverlaps(Window w) {
    if (w.starts == null) {
      return;
    }
    for (int i = w.from + 1; i < w.to; i++) {
      long began = w.startTime(i);
      if (began != 0 && began < w.times[i - 1] && began != w.startTime(i - 1)) {
        w.annotations.overlappingStartTimes(w.metric(), w.span);
        return;
      }
    }
  }

  /// irate and idelta: from the last two samples.
  static void instantaneous(Window w, boolean rate) {
    if (w.count() < 2) {
      return;
    }
    int last = w.to - 1;
    long millis = w.times[last] - w.times[last - 1];
    Histogram now = w.histogram(last);
    Histogram before = w.histogram(last - 1);
    double seconds = millis / 1000.0;
    if (now == null && before == null) {
      boolean reset = w.last() < w.values[last - 1] || startsAnew(w, last);
      double change = rate && reset ? w.last() : w.last() - w.values[last - 1];
      w.answer(rate ? change / seconds : change);
      return;
    }
    if (now == null || before == null) {
      w.annotations.mixedFloatsAndHistograms(w.metric(), w.span);
      return;
    }
    boolean gauges = now.hint() == ResetHint.GAUGE && before.hint() == ResetHint.GAUGE;
    if (rate && (now.hint() == ResetHint.GAUGE || before.hint() == ResetHint.GAUGE)) {
      w.annotations.histogramIsNoCounter(w.metric(), w.span);
    } else if (!rate && !gauges) {
      w.annotations.histogramIsNoGauge(w.metric(), w.span);
    }
    Histogram change =
        rate && (startsAnew(w, last) || now.isResetAfter(before))
            ? now
            : subtracted(now, before, w);
    if (change != null) {
      change = change.withHint(ResetHint.GAUGE).compact();
      w.answer(rate ? change.dividedBy(seconds) : change);
    }
  }

  /// Whether something happened from a sample to the next.
  private interface Event {
    boolean happens(Window w, int index);
  }

  static void changes(Window w) {
    count(w, CounterFunctions::isChange);
  }

  static void resets(Window w) {
    count(w, CounterFunctions::isDrop);
  }

  private static boolean isChange(Window w, int i) {
    Histogram now = w.histogram(i);
    Histogram before = w.histogram(i - 1);
    if (now != null && before != null) {
      return !now.sameAs(before);
    }
    if (now != null || before != null) {
      return true;
    }
    double a = w.values[i - 1];
    double b = w.values[i];
    return a != b && !(Double.isNaN(a) && Double.isNaN(b));
  }

  private static boolean isDrop(Window w, int i) {
    Histogram now = w.histogram(i);
    Histogram before = w.histogram(i - 1);
    if (now != null && before != null) {
      return isReset(w, i);
    }
    return now != null || before != null || w.values[i] < w.values[i - 1] || startsAnew(w, i);
  }

  private static void count(Window w, Event event) {
    int first = w.from;
    if (w.ends == WindowEnds.ANCHORED) {
      // The newest sample at or before the window's start is the one to compare with.
      while (first + 1 < w.to && w.times[first + 1] <= w.start) {
        first++;
      }
      if (w.times[w.to - 1] <= w.start) {
        return;
      }
    }
    int[] upTo = w.memory instanceof int[] known ? known : counted(w, event);
    w.memory = upTo;
    w.answer(upTo[w.to - 1] - upTo[first]);
  }

  /// How often it happened up to each sample; the difference of two is exact.
  private static int[] counted(Window w, Event event) {
    int[] upTo = new int[w.size];
    for (int i = 1; i < w.size; i++) {
      upTo[i] = upTo[i - 1] + (event.happens(w, i) ? 1 : 0);
    }
    return upTo;
  }
}
