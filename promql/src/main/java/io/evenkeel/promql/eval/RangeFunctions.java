package io.evenkeel.promql.eval;

import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.eval.Annotations.HistogramOperation;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.histogram.HistogramSum;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Functions of a range vector, by name: each looks at one window and answers a sample or nothing.
final class RangeFunctions {
  private static final Map<String, RangeFunction> BY_NAME =
      Map.ofEntries(
          Map.entry("rate", new CounterFunctions.Extrapolated(true, true)),
          Map.entry("increase", new CounterFunctions.Extrapolated(true, false)),
          Map.entry("delta", new CounterFunctions.Extrapolated(false, false)),
          Map.entry("irate", w -> CounterFunctions.instantaneous(w, true)),
          Map.entry("idelta", w -> CounterFunctions.instantaneous(w, false)),
          Map.entry("changes", CounterFunctions::changes),
          Map.entry("resets", CounterFunctions::resets),
          Map.entry("deriv", RangeFunctions::deriv),
          Map.entry("predict_linear", RangeFunctions::predictLinear),
          Map.entry("double_exponential_smoothing", RangeFunctions::smooth),
          Map.entry("avg_over_time", RangeFunctions::average),
          Map.entry("sum_over_time", RangeFunctions::sum),
          Map.entry("min_over_time", w -> extreme(w, new Extreme(false, false))),
          Map.entry("max_over_time", w -> extreme(w, new Extreme(true, false))),
          Map.entry("ts_of_min_over_time", w -> extreme(w, new Extreme(false, true))),
          Map.entry("ts_of_max_over_time", w -> extreme(w, new Extreme(true, true))),
          Map.entry("ts_of_first_over_time", w -> w.answer(w.times[w.from] / 1000.0)),
          Map.entry("ts_of_last_over_time", w -> w.answer(w.times[w.to - 1] / 1000.0)),
          Map.entry("count_over_time", w -> w.answer(w.count())),
          Map.entry("first_over_time", w -> sample(w, w.from)),
          Map.entry("last_over_time", w -> sample(w, w.to - 1)),
          Map.entry("present_over_time", w -> w.answer(1)),
          Map.entry("absent_over_time", w -> w.answer(1)),
          Map.entry("stdvar_over_time", w -> numbers(w, RangeFunctions::variance)),
          Map.entry("stddev_over_time", w -> numbers(w, o -> Math.sqrt(variance(o)))),
          Map.entry("mad_over_time", w -> numbers(w, RangeFunctions::medianDeviation)),
          Map.entry("quantile_over_time", RangeFunctions::quantile));

  /// What may look at samples outside of the window, and so take anchored or smoothed ends.
  static final Set<String> ANCHORED = Set.of("resets", "changes", "rate", "increase", "delta");

  static final Set<String> SMOOTHED = Set.of("rate", "increase", "delta");

  private RangeFunctions() {}

  static @Nullable RangeFunction named(String name) {
    return BY_NAME.get(name);
  }

  private static void sample(Window w, int index) {
    Histogram histogram = w.histogram(index);
    if (histogram == null) {
      w.answer(w.values[index]);
    } else {
      w.answer(histogram);
    }
  }

  /// A function of the numbers alone; histograms among them are passed over with an info.
  private static void numbers(Window w, ToDoubleFunction<Window> function) {
    Window only = numbersOf(w, 1);
    if (only != null) {
      w.answer(function.applyAsDouble(only));
    }
  }

  private static @Nullable Window numbersOf(Window w, int least) {
    Window only = w.numbers();
    if (only != w && only.count() > 0) {
      w.annotations.ignoredInMixedRange(w.metric(), w.span);
    }
    return only.count() < least ? null : only;
  }

  /// Slope and value at a time, by least squares with compensated sums.
  private record Line(double slope, double intercept) {
    static Line through(Window w, long origin) {
      double first = w.first();
      boolean constant = true;
      double x = 0;
      double xLost = 0;
      double y = 0;
      double yLost = 0;
      double xy = 0;
      double xyLost = 0;
      double xx = 0;
      double xxLost = 0;
      // Of a sum of two numbers what was lost is found without asking which is larger (Knuth, The
      // Art of Computer Programming 2, 4.2.2 B): the same error as Neumaier's, without a branch.
      for (int i = w.from; i < w.to; i++) {
        double value = w.values[i];
        constant &= value == first;
        double seconds = (w.times[i] - origin) / 1000.0;
        double next = x + seconds;
        xLost += lost(x, seconds, next);
        x = next;
        next = y + value;
        yLost += lost(y, value, next);
        y = next;
        double product = seconds * value;
        next = xy + product;
        xyLost += lost(xy, product, next);
        xy = next;
        double square = seconds * seconds;
        next = xx + square;
        xxLost += lost(xx, square, next);
        xx = next;
      }
      if (constant || w.count() == 1) {
        return Double.isInfinite(first) ? new Line(Double.NaN, Double.NaN) : new Line(0, first);
      }
      // Beyond what doubles hold nothing is lost that could be told.
      x += xLost;
      y += Double.isFinite(y) ? yLost : 0;
      xy += Double.isFinite(xy) ? xyLost : 0;
      xx += xxLost;
      double n = w.count();
      double covariance = xy - x * y / n;
      double variance = xx - x * x / n;
      double slope = covariance / variance;
      return new Line(slope, y / n - slope * x / n);
    }

    private static double lost(double sum, double added, double next) {
      double part = next - sum;
      return (sum - (next - part)) + (added - part);
    }
  }

  private static void deriv(Window w) {
    Window only = numbersOf(w, 2);
    if (only != null) {
      // The first sample as origin keeps the products small.
      w.answer(Line.through(only, only.times[only.from]).slope);
    }
  }

  private static void predictLinear(Window w) {
    Window only = numbersOf(w, 2);
    if (only != null) {
      Line line = Line.through(only, w.now);
      w.answer(line.slope * w.arguments[0] + line.intercept);
    }
  }

  /// Holt's linear method: a smoothed level and trend.
  private static void smooth(Window w) {
    double level = w.arguments[0];
    double trend = w.arguments[1];
    requireFactor("smoothing", "sf", level);
    requireFactor("trend", "tf", trend);
    Window only = numbersOf(w, 2);
    if (only == null) {
      return;
    }
    double before = 0;
    double now = only.first();
    double slope = only.values[only.from + 1] - only.first();
    for (int i = only.from + 1; i < only.to; i++) {
      if (i > only.from + 1) {
        slope = trend * (now - before) + (1 - trend) * slope;
      }
      double next = level * only.values[i] + (1 - level) * (now + slope);
      before = now;
      now = next;
    }
    w.answer(now);
  }

  private static void requireFactor(String name, String symbol, double factor) {
    if (factor <= 0 || factor >= 1) {
      throw new QueryException.Failed(
          "invalid %s factor. Expected: 0 < %s < 1, got: %s"
              .formatted(name, symbol, FloatText.general(factor)));
    }
  }

  private static boolean isMixed(Window w, int histograms) {
    if (histograms > 0 && histograms < w.count()) {
      w.annotations.mixedFloatsAndHistograms(w.metric(), w.span);
      return true;
    }
    return false;
  }

  private static void sum(Window w) {
    int histograms = w.histogramCount();
    if (isMixed(w, histograms)) {
      return;
    }
    if (histograms > 0) {
      sumOfHistograms(w, false);
      return;
    }
    KahanSum sum = new KahanSum();
    for (int i = w.from; i < w.to; i++) {
      sum.add(w.values[i]);
    }
    w.answer(sum.value());
  }

  private static void average(Window w) {
    int histograms = w.histogramCount();
    if (isMixed(w, histograms)) {
      return;
    }
    if (histograms > 0) {
      sumOfHistograms(w, true);
      return;
    }
    KahanSum.Mean mean = new KahanSum.Mean();
    for (int i = w.from; i < w.to; i++) {
      mean.add(w.values[i]);
    }
    w.answer(mean.value());
  }

  private static void sumOfHistograms(Window w, boolean mean) {
    HistogramSum sum = null;
    for (int i = w.from; i < w.to; i++) {
      Histogram histogram = w.histogram(i);
      if (histogram == null) {
        continue;
      }
      if (sum == null) {
        sum = new HistogramSum(histogram);
      } else if (!(mean ? sum.addForMean(histogram) : sum.add(histogram))) {
        w.annotations.mixedSchemas(w.metric(), w.span);
        return;
      }
    }
    if (sum != null) {
      if (sum.hintsCollide()) {
        w.annotations.collidingResets(HistogramOperation.AGGREGATION, w.span);
      }
      if (sum.boundsReconciled()) {
        w.annotations.reconciledBounds(HistogramOperation.AGGREGATION, w.span);
      }
      w.answer(mean ? sum.mean() : sum.sum());
    }
  }

  /// Which sample of a window is wanted.
  ///
  /// @param time whether its time is the answer; of equal values the last one counts then
  private record Extreme(boolean largest, boolean time) {
    /// Whether a value takes the place of the best so far; NaN stays only when there is nothing
    /// else.
    boolean beats(double value, double best) {
      if (Double.isNaN(best)) {
        return true;
      }
      if (time && value == best) {
        return true;
      }
      return largest ? value > best : value < best;
    }
  }

  private static void extreme(Window w, Extreme kind) {
    if (w.histograms != null) {
      numbers(
          w,
          only ->
              kind.time ? only.times[best(only, kind)] / 1000.0 : only.values[best(only, kind)]);
      return;
    }
    Candidates candidates = w.memory instanceof Candidates known ? known : new Candidates(w, kind);
    w.memory = candidates;
    int index = candidates.best(w);
    w.answer(kind.time ? w.times[index] / 1000.0 : w.values[index]);
  }

  private static int best(Window w, Extreme kind) {
    int best = w.from;
    for (int i = w.from + 1; i < w.to; i++) {
      if (kind.beats(w.values[i], w.values[best])) {
        best = i;
      }
    }
    return best;
  }

  /// The samples that may still become the best of a window that slides forward: each worse than
  /// the one before it. Every sample enters and leaves once.
  private static final class Candidates {
    private final Extreme kind;
    private final int[] queue;
    private int head;
    private int tail;
    private int seen;

    Candidates(Window w, Extreme kind) {
      this.kind = kind;
      this.queue = new int[w.size];
    }

    int best(Window w) {
      for (int i = Math.max(seen, w.from); i < w.to; i++) {
        while (tail > head && replaces(w.values[i], w.values[queue[tail - 1]])) {
          tail--;
        }
        queue[tail++] = i;
      }
      seen = Math.max(seen, w.to);
      while (queue[head] < w.from) {
        head++;
      }
      return queue[head];
    }

    /// Of equal values the first is kept, unless the last one's time is wanted.
    private boolean replaces(double value, double other) {
      if (Double.isNaN(value)) {
        return kind.time && Double.isNaN(other);
      }
      return kind.beats(value, other);
    }
  }

  /// The population variance by Welford's method with compensated sums.
  private static double variance(Window w) {
    double count = 0;
    KahanSum mean = new KahanSum();
    KahanSum squares = new KahanSum();
    for (int i = w.from; i < w.to; i++) {
      count++;
      double delta = w.values[i] - mean.value();
      mean.add(delta / count);
      squares.add(delta * (w.values[i] - mean.value()));
    }
    return squares.value() / count;
  }

  private static double[] sorted(Window w) {
    double[] copy = Arrays.copyOfRange(w.values, w.from, w.to);
    Quantile.sort(copy);
    return copy;
  }

  private static void quantile(Window w) {
    Window only = numbersOf(w, 1);
    if (only == null) {
      return;
    }
    double phi = w.arguments[0];
    if (!(phi >= 0 && phi <= 1)) {
      w.annotations.invalidQuantile(phi, w.span);
    }
    w.answer(Quantile.of(phi, sorted(only)));
  }

  /// The median of the distances from the median; NaN when any value is.
  private static double medianDeviation(Window w) {
    double[] values = sorted(w);
    if (Double.isNaN(values[0])) {
      return Double.NaN;
    }
    double median = Quantile.of(0.5, values);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i] - median);
    }
    Quantile.sort(values);
    return Quantile.of(0.5, values);
  }
}
