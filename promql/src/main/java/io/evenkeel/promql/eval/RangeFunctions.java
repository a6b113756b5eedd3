package io.evenkeel.promql.eval;

import java.util.Arrays;
import java.util.Map;

/// Functions of a range vector, by name: each looks at one window and answers a number or nothing.
final class RangeFunctions {
  /// A function of a window; false = no answer at this step.
  interface RangeFunction {
    boolean apply(Window window);
  }

  static final Map<String, RangeFunction> BY_NAME =
      Map.ofEntries(
          Map.entry("rate", w -> extrapolated(w, true, true)),
          Map.entry("increase", w -> extrapolated(w, true, false)),
          Map.entry("delta", w -> extrapolated(w, false, false)),
          Map.entry("irate", w -> instantaneous(w, true)),
          Map.entry("idelta", w -> instantaneous(w, false)),
          Map.entry("deriv", RangeFunctions::deriv),
          Map.entry("predict_linear", RangeFunctions::predictLinear),
          Map.entry("double_exponential_smoothing", RangeFunctions::smooth),
          Map.entry("changes", RangeFunctions::changes),
          Map.entry("resets", RangeFunctions::resets),
          Map.entry("avg_over_time", w -> w.answer(average(w))),
          Map.entry("sum_over_time", w -> w.answer(sum(w))),
          Map.entry("min_over_time", w -> w.answer(w.values[extreme(w, -1)])),
          Map.entry("max_over_time", w -> w.answer(w.values[extreme(w, 1)])),
          Map.entry("ts_of_min_over_time", w -> w.answer(w.times[extreme(w, -1)] / 1000.0)),
          Map.entry("ts_of_max_over_time", w -> w.answer(w.times[extreme(w, 1)] / 1000.0)),
          Map.entry("ts_of_first_over_time", w -> w.answer(w.times[w.from] / 1000.0)),
          Map.entry("ts_of_last_over_time", w -> w.answer(w.times[w.to - 1] / 1000.0)),
          Map.entry("count_over_time", w -> w.answer(w.size())),
          Map.entry("first_over_time", w -> w.answer(w.first())),
          Map.entry("last_over_time", w -> w.answer(w.last())),
          Map.entry("present_over_time", w -> w.answer(1)),
          Map.entry("stdvar_over_time", w -> w.answer(variance(w))),
          Map.entry("stddev_over_time", w -> w.answer(Math.sqrt(variance(w)))),
          Map.entry("mad_over_time", RangeFunctions::medianDeviation),
          Map.entry("quantile_over_time", w -> w.answer(Quantile.of(w.arguments[0], sorted(w)))));

  private RangeFunctions() {}

  /// rate, increase and delta as Prometheus 3 extrapolates them: towards the window's ends by the
  /// samples' mean distance, at most 1.1 times it, and for counters not below zero.
  private static boolean extrapolated(Window w, boolean counter, boolean perSecond) {
    if (w.size() < 2) {
      return false;
    }
    double change = w.last() - w.first();
    if (counter) {
      for (int i = w.from + 1; i < w.to; i++) {
        if (w.values[i] < w.values[i - 1]) {
          change += w.values[i - 1];
        }
      }
    }
    double toStart = (w.times[w.from] - w.start) / 1000.0;
    double toEnd = (w.end - w.times[w.to - 1]) / 1000.0;
    double interval = (w.times[w.to - 1] - w.times[w.from]) / 1000.0;
    double mean = interval / (w.size() - 1);
    double threshold = mean * 1.1;
    if (toStart >= threshold) {
      toStart = mean / 2;
    }
    if (counter && change > 0 && w.first() >= 0) {
      toStart = Math.min(toStart, interval * (w.first() / change));
    }
    if (toEnd >= threshold) {
      toEnd = mean / 2;
    }
    double factor = (interval + toStart + toEnd) / interval;
    if (perSecond) {
      factor /= (w.end - w.start) / 1000.0;
    }
    return w.answer(change * factor);
  }

  private static boolean instantaneous(Window w, boolean rate) {
    if (w.size() < 2) {
      return false;
    }
    double last = w.last();
    double before = w.values[w.to - 2];
    long millis = w.times[w.to - 1] - w.times[w.to - 2];
    if (millis == 0) {
      return false;
    }
    double change = rate && last < before ? last : last - before;
    return w.answer(rate ? change / (millis / 1000.0) : change);
  }

  /// Slope and value at a time, by least squares with compensated sums.
  private record Line(double slope, double intercept) {
    static Line through(Window w, long origin) {
      boolean constant = true;
      double initial = w.first();
      KahanSum x = new KahanSum();
      KahanSum y = new KahanSum();
      KahanSum xy = new KahanSum();
      KahanSum xx = new KahanSum();
      for (int i = w.from; i < w.to; i++) {
        constant &= w.values[i] == initial;
        double seconds = (w.times[i] - origin) / 1000.0;
        x.add(seconds);
        y.add(w.values[i]);
        xy.add(seconds * w.values[i]);
        xx.add(seconds * seconds);
      }
      if (constant) {
        return Double.isInfinite(initial) ? new Line(Double.NaN, Double.NaN) : new Line(0, initial);
      }
      double n = w.size();
      double covariance = xy.value() - x.value() * y.value() / n;
      double variance = xx.value() - x.value() * x.value() / n;
      double slope = covariance / variance;
      return new Line(slope, y.value() / n - slope * x.value() / n);
    }
  }

  private static boolean deriv(Window w) {
    // The first sample as origin keeps the products small.
    return w.size() >= 2 && w.answer(Line.through(w, w.times[w.from]).slope);
  }

  private static boolean predictLinear(Window w) {
    if (w.size() < 2) {
      return false;
    }
    Line line = Line.through(w, w.now);
    return w.answer(line.slope * w.arguments[0] + line.intercept);
  }

  /// Holt's linear method: a smoothed level and trend.
  private static boolean smooth(Window w) {
    double level = w.arguments[0];
    double trend = w.arguments[1];
    if (level <= 0 || level >= 1 || trend <= 0 || trend >= 1) {
      throw new io.evenkeel.promql.QueryException.Failed(
          "invalid smoothing factor. Expected: 0 < sf < 1 and 0 < tf < 1, got: "
              + level
              + " and "
              + trend);
    }
    if (w.size() < 2) {
      return false;
    }
    double before = 0;
    double now = w.first();
    double slope = w.values[w.from + 1] - w.first();
    for (int i = w.from + 1; i < w.to; i++) {
      if (i > w.from + 1) {
        slope = trend * (now - before) + (1 - trend) * slope;
      }
      double next = level * w.values[i] + (1 - level) * (now + slope);
      before = now;
      now = next;
    }
    return w.answer(now);
  }

  private static boolean changes(Window w) {
    int count = 0;
    for (int i = w.from + 1; i < w.to; i++) {
      double a = w.values[i - 1];
      double b = w.values[i];
      count += a != b && !(Double.isNaN(a) && Double.isNaN(b)) ? 1 : 0;
    }
    return w.answer(count);
  }

  private static boolean resets(Window w) {
    int count = 0;
    for (int i = w.from + 1; i < w.to; i++) {
      count += w.values[i] < w.values[i - 1] ? 1 : 0;
    }
    return w.answer(count);
  }

  private static double sum(Window w) {
    KahanSum sum = new KahanSum();
    for (int i = w.from; i < w.to; i++) {
      sum.add(w.values[i]);
    }
    return sum.value();
  }

  private static double average(Window w) {
    double sum = sum(w);
    if (Double.isFinite(sum)) {
      return sum / w.size();
    }
    // Adding overflowed or met an infinity: the running mean only does the latter.
    double mean = 0;
    for (int i = w.from; i < w.to; i++) {
      int n = i - w.from + 1;
      if (Double.isInfinite(mean)
          && (mean == w.values[i]
              || !Double.isInfinite(w.values[i]) && !Double.isNaN(w.values[i]))) {
        continue;
      }
      mean += w.values[i] / n - mean / n;
    }
    return mean;
  }

  /// The index of the smallest (direction −1) or largest value; NaN only when there is nothing
  /// else.
  private static int extreme(Window w, int direction) {
    int best = w.from;
    for (int i = w.from + 1; i < w.to; i++) {
      double value = w.values[i];
      double known = w.values[best];
      if ((direction < 0 ? value < known : value > known)
          || (Double.isNaN(known) && !Double.isNaN(value))) {
        best = i;
      }
    }
    return best;
  }

  /// The population variance by Welford's method.
  private static double variance(Window w) {
    double mean = 0;
    double squares = 0;
    for (int i = w.from; i < w.to; i++) {
      double delta = w.values[i] - mean;
      mean += delta / (i - w.from + 1);
      squares += delta * (w.values[i] - mean);
    }
    return squares / w.size();
  }

  private static double[] sorted(Window w) {
    double[] copy = Arrays.copyOfRange(w.values, w.from, w.to);
    Quantile.sort(copy);
    return copy;
  }

  private static boolean medianDeviation(Window w) {
    double[] values = sorted(w);
    double median = Quantile.of(0.5, values);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i] - median);
    }
    Quantile.sort(values);
    return w.answer(Quantile.of(0.5, values));
  }
}
