package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.Value.MatrixSeries;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.MatrixSelector;
import io.evenkeel.promql.parse.Expr.Subquery;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import io.evenkeel.promql.parse.Expr.WindowEnds;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.StoreReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Selectors and subqueries: from a store to series at steps and to windows of samples.
final class Selection {
  private static final Set<String> STATISTICS =
      Set.of("histogram_count", "histogram_sum", "histogram_avg");
  private static final Set<String> WHOLE_HISTOGRAMS =
      Set.of("histogram_quantile", "histogram_quantiles", "histogram_fraction");

  private final Evaluation evaluation;
  private final Queryable source;
  private final SeriesReading reading;
  private final long lookback;
  private final long subqueryStep;

  /// The selectors of whose histograms only statistics are asked. As in Prometheus, resets between
  /// their samples are then told, so that adding a reset one to another is noticed.
  private final Set<Expr> statisticsOnly = Collections.newSetFromMap(new IdentityHashMap<>());

  Selection(
      Evaluation evaluation,
      Queryable source,
      SeriesReading reading,
      long lookback,
      long subqueryStep) {
    this.evaluation = evaluation;
    this.source = source;
    this.reading = reading;
    this.lookback = lookback;
    this.subqueryStep = subqueryStep;
  }

  void prepare(Expr expr) {
    findStatistics(expr, false);
  }

  private void findStatistics(Expr expr, boolean statistics) {
    switch (expr) {
      case Expr.NumberLiteral number -> {}
      case Expr.StringLiteral string -> {}
      case VectorSelector selector -> {
        if (statistics) {
          statisticsOnly.add(selector);
        }
      }
      case MatrixSelector matrix -> findStatistics(matrix.vector(), statistics);
      case Subquery subquery -> findStatistics(subquery.inner(), false);
      case Expr.Call call -> {
        String name = call.function().name();
        boolean inside =
            STATISTICS.contains(name) || (statistics && !WHOLE_HISTOGRAMS.contains(name));
        call.arguments().forEach(argument -> findStatistics(argument, inside));
      }
      case Expr.Aggregate aggregate -> {
        aggregate.parameter().ifPresent(parameter -> findStatistics(parameter, false));
        findStatistics(aggregate.inner(), statistics);
      }
      case Expr.Binary binary -> {
        findStatistics(binary.left(), statistics);
        findStatistics(binary.right(), statistics);
      }
      case Expr.Unary unary -> findStatistics(unary.inner(), statistics);
      case Expr.Parenthesis parenthesis -> findStatistics(parenthesis.inner(), statistics);
    }
  }

  /// What of the sample that a selector finds at a step is wanted.
  enum Aspect {
    VALUE,
    /// Its time, in seconds.
    TIME,
    /// When its counter began, in seconds.
    START
  }

  /// Passes on the series of a selector at each step.
  void select(VectorSelector selector, Steps steps, Consumer<StepSeries> sink) {
    select(selector, steps, Aspect.VALUE, sink);
  }

  void select(VectorSelector selector, Steps steps, Aspect aspect, Consumer<StepSeries> sink) {
    Steps looks = evaluation.shifted(selector.when(), steps);
    boolean smoothed = selector.ends() == WindowEnds.SMOOTHED;
    select(
        selector.matchers(),
        looks,
        smoothed,
        aspect,
        statisticsOnly.contains(selector),
        looks.count() == steps.count()
            ? sink
            : series -> sink.accept(spread(series, steps.count())));
  }

  /// Passes on the series that meet some matchers at each step.
  void select(
      List<Matcher> matchers,
      Steps looks,
      boolean smoothed,
      Aspect aspect,
      boolean statistics,
      Consumer<StepSeries> sink) {
    if (looks.count() == 0) {
      return;
    }
    SeriesReading.Reach reach = new SeriesReading.Reach(looks, lookback, smoothed ? lookback : 0);
    try (StoreReader reader =
        source.reader(reach.from(), reach.to(), evaluation.budget().forReader())) {
      reading.each(
          reader.select(matchers),
          looks.count(),
          () -> {
            SeriesReading.Buffers buffers = reading.buffers();
            return series ->
                smoothed
                    ? interpolated(series.labels(), buffers.load(series, reach, false), looks)
                    : lookedUp(
                        series.labels(),
                        buffers.loadRaw(series, reach, statistics),
                        looks,
                        aspect,
                        statistics);
          },
          sink);
    }
  }

  private static StepSeries spread(StepSeries one, int steps) {
    StepSeries everywhere = StepSeries.empty(one.labels(), one.dropsName(), steps);
    if (one.has(0)) {
      for (int step = 0; step < steps; step++) {
        everywhere.copy(one, 0, step);
      }
    }
    return everywhere;
  }

  /// The newest sample at or before each step and within the look-back; none after a stale marker.
  private StepSeries lookedUp(
      Labels labels, SampleColumns columns, Steps looks, Aspect aspect, boolean statistics) {
    StepSeries series = StepSeries.empty(labels, aspect != Aspect.VALUE, looks.count());
    long[] times = columns.times();
    long[] bits = columns.valueBits();
    int size = columns.size();
    @Nullable Histogram[] converted = columns.hasHistograms() ? new Histogram[size] : null;
    int next = 0;
    long time = looks.start();
    for (int step = 0; step < looks.count(); step++, time += looks.step()) {
      while (next < size && times[next] <= time) {
        next++;
      }
      if (next == 0 || times[next - 1] <= time - lookback || StaleMarker.is(bits[next - 1])) {
        continue;
      }
      switch (aspect) {
        case VALUE -> {
          if (converted == null || columns.histogram(next - 1) == null) {
            series.set(step, Double.longBitsToDouble(bits[next - 1]));
          } else {
            series.set(step, histogram(columns, next - 1, converted, statistics));
          }
        }
        case TIME -> series.set(step, times[next - 1] / 1000.0);
        case START -> series.set(step, columns.startTime(next - 1) / 1000.0);
      }
    }
    return series;
  }

  private static Histogram histogram(
      SampleColumns columns, int index, @Nullable Histogram[] converted, boolean statistics) {
    Histogram known = converted[index];
    if (known != null) {
      return known;
    }
    NativeHistogram stored = columns.histogram(index);
    if (stored == null) {
      throw new IllegalStateException("expected a histogram");
    }
    Histogram histogram = Histogram.of(stored);
    NativeHistogram before = index > 0 ? columns.histogram(index - 1) : null;
    if (statistics
        && before != null
        && histogram.hint() == ResetHint.UNKNOWN
        && !before.isStale()) {
      boolean reset = histogram.isResetAfter(Histogram.of(before));
      histogram = histogram.withHint(reset ? ResetHint.YES : ResetHint.NO);
    }
    converted[index] = histogram;
    return histogram;
  }

  /// The value on the line between the samples around each step; the newest sample when there is
  /// none behind it.
  private StepSeries interpolated(Labels labels, Samples samples, Steps looks) {
    StepSeries series = StepSeries.empty(labels, false, looks.count());
    int next = 0;
    for (int step = 0; step < looks.count(); step++) {
      long time = looks.time(step);
      while (next < samples.size && samples.times[next] < time) {
        next++;
      }
      boolean after = next < samples.size && samples.times[next] <= time + lookback;
      boolean before = next > 0 && samples.times[next - 1] > time - lookback;
      Histogram[] histograms = nonNullWhereUsed(samples.histograms);
      if (after && samples.times[next] == time) {
        if (histograms != null && histograms[next] != null) {
          series.set(step, histograms[next]);
        } else {
          series.set(step, samples.values[next]);
        }
      } else if (before && histograms != null && histograms[next - 1] != null) {
        series.set(step, between(samples, histograms, next, after, time));
      } else if (before && after && (histograms == null || histograms[next] == null)) {
        series.set(
            step, ExtendedRate.interpolated(samples.times, samples.values, next - 1, time, false));
      } else if (before) {
        series.set(step, samples.values[next - 1]);
      }
    }
    return series;
  }

  @SuppressWarnings("NullAway") // Entries are compared with null before they are used.
  private static Histogram @Nullable [] nonNullWhereUsed(
      @Nullable Histogram @Nullable [] histograms) {
    return (Histogram[]) histograms;
  }

  private static Histogram between(
      Samples samples, Histogram[] histograms, int next, boolean after, long time) {
    Histogram a = histograms[next - 1];
    if (!after || histograms[next] == null) {
      return a;
    }
    Histogram b = histograms[next];
    double part =
        (double) (time - samples.times[next - 1])
            / (double) (samples.times[next] - samples.times[next - 1]);
    return b.minus(a)
        .flatMap(difference -> difference.value().times(part).plus(a))
        .map(sum -> sum.value().withHint(ResetHint.GAUGE))
        .orElse(a);
  }

  /// Evaluates one series of a range vector after the other; each thread has its own.
  interface WindowWorker {
    /// @param dropsName whether the samples have lost their metric's name already
    @Nullable StepSeries evaluate(
        Labels labels, boolean dropsName, Samples samples, Windows windows);
  }

  /// Where the windows of a range vector lie.
  ///
  /// @param looks the ends of the windows; a single one when `@` fixes it
  /// @param steps the steps that they are for
  /// @param range their length, milliseconds
  record Windows(Steps looks, Steps steps, long range, WindowEnds ends, long lookback) {
    /// Slides a window to the one of a step.
    void slide(Window window, int step) {
      window.end = looks.count() == 1 ? looks.start() : looks.time(step);
      window.start = window.end - range;
      window.now = steps.time(step);
      long first = ends == WindowEnds.PLAIN ? window.start : window.start - lookback;
      long last = ends == WindowEnds.SMOOTHED ? window.end + lookback : window.end;
      long[] times = window.times;
      int size = window.size;
      int to = window.to;
      while (to < size && times[to] <= last) {
        to++;
      }
      int from = window.from;
      while (from < to && times[from] <= first) {
        from++;
      }
      window.to = to;
      window.from = from;
    }

    /// Whether every step sees the same window.
    boolean isFixed() {
      return looks.count() == 1 && steps.count() > 1;
    }
  }

  /// Evaluates the windows of a range vector, series by series.
  void each(
      Expr expr,
      Steps steps,
      java.util.function.Supplier<WindowWorker> workers,
      Consumer<StepSeries> sink) {
    switch (expr.bare()) {
      case MatrixSelector matrix -> {
        Windows windows = windows(matrix, steps);
        Steps looks = windows.looks;
        if (looks.count() == 0) {
          return;
        }
        WindowEnds ends = windows.ends;
        SeriesReading.Reach reach =
            new SeriesReading.Reach(
                looks,
                windows.range + (ends == WindowEnds.PLAIN ? 0 : lookback),
                ends == WindowEnds.SMOOTHED ? lookback : 0);
        boolean statistics = statisticsOnly.contains(matrix.vector());
        try (StoreReader reader =
            source.reader(reach.from(), reach.to(), evaluation.budget().forReader())) {
          reading.each(
              reader.select(matrix.vector().matchers()),
              looks.count(),
              () -> {
                SeriesReading.Buffers buffers = reading.buffers();
                WindowWorker worker = workers.get();
                return series ->
                    worker.evaluate(
                        series.labels(), false, buffers.load(series, reach, statistics), windows);
              },
              sink);
        }
      }
      case Subquery subquery -> {
        Windows windows = windows(subquery, steps);
        if (windows.looks.count() == 0) {
          return;
        }
        Steps inner = innerSteps(subquery, windows);
        WindowWorker worker = workers.get();
        for (StepSeries series : evaluation.vector(subquery.inner(), inner)) {
          long before = evaluation.budget().heldBytes();
          int count = series.present().cardinality();
          evaluation.budget().hold((long) Samples.BYTES_OF_A_SAMPLE * count);
          StepSeries result =
              worker.evaluate(
                  series.labels(), series.dropsName(), samples(series, inner, count), windows);
          evaluation.budget().release(before);
          if (result != null && !result.isEmpty()) {
            sink.accept(result);
          }
        }
      }
      default -> throw new IllegalStateException("expected a range vector");
    }
  }

  private Windows windows(MatrixSelector matrix, Steps steps) {
    return new Windows(
        evaluation.shifted(matrix.vector().when(), steps),
        steps,
        evaluation.positiveMillis(matrix.range()),
        matrix.vector().ends(),
        lookback);
  }

  private Windows windows(Subquery subquery, Steps steps) {
    return new Windows(
        evaluation.shifted(subquery.when(), steps),
        steps,
        evaluation.positiveMillis(subquery.range()),
        WindowEnds.PLAIN,
        lookback);
  }

  /// The steps of a subquery lie at absolute multiples, so that the same subquery gives the same
  /// answer later.
  private Steps innerSteps(Subquery subquery, Windows windows) {
    long step = subquery.step().map(evaluation::positiveMillis).orElse(subqueryStep);
    Steps looks = windows.looks;
    long first = Math.floorDiv(looks.start() - windows.range, step) * step + step;
    long count = looks.end() < first ? 0 : (looks.end() - first) / step + 1;
    evaluation.budget().spend(count);
    // One series of that many steps is the least that comes.
    evaluation.budget().fits(StepSeries.bytes(count));
    if (count > Integer.MAX_VALUE / 2) {
      throw new QueryException.Failed("the subquery has " + count + " steps; make its step longer");
    }
    return new Steps(first, step, (int) count);
  }

  private static Samples samples(StepSeries series, Steps steps, int count) {
    Samples samples = new Samples(count);
    for (int step = series.present().nextSetBit(0);
        step >= 0;
        step = series.present().nextSetBit(step + 1)) {
      Histogram histogram = series.histogram(step);
      if (histogram == null) {
        samples.add(steps.time(step), series.values()[step]);
      } else {
        // Which samples a subquery shows says nothing about what lay between them.
        boolean known = histogram.hint() == ResetHint.YES || histogram.hint() == ResetHint.NO;
        samples.add(steps.time(step), known ? histogram.withHint(ResetHint.UNKNOWN) : histogram);
      }
    }
    return samples;
  }

  /// The samples of a range vector that is asked for by itself, at one step.
  List<MatrixSeries> raw(Expr expr, Steps now) {
    if (expr.bare() instanceof Subquery subquery) {
      Windows windows = windows(subquery, now);
      Steps inner = innerSteps(subquery, windows);
      List<StepSeries> series = evaluation.vector(subquery.inner(), inner);
      return Answers.matrix(LabelSets.named(series, inner.count()), inner).series();
    }
    List<MatrixSeries> all = Collections.synchronizedList(new ArrayList<>());
    each(
        expr,
        now,
        () ->
            (labels, dropsName, samples, windows) -> {
              Window window = new Window(evaluation.annotations(), expr.span(), windows.ends);
              window.reset(labels, samples);
              windows.slide(window, 0);
              MatrixSeries series = rawSeries(window);
              if (series.times().length > 0) {
                all.add(series);
              }
              return null;
            },
        series -> {});
    return all;
  }

  private static MatrixSeries rawSeries(Window window) {
    if (window.count() == 0) {
      return new MatrixSeries(window.labels, new long[0], new double[0], null);
    }
    if (window.ends != WindowEnds.PLAIN) {
      if (window.histogramCount() > 0) {
        throw new QueryException.Failed(
            (window.ends == WindowEnds.ANCHORED ? "anchored" : "smoothed")
                + " modifier is not supported with histograms");
      }
      return extended(window);
    }
    @Nullable NativeHistogram[] histograms = null;
    if (window.histogramCount() > 0) {
      histograms = new NativeHistogram[window.count()];
      for (int i = 0; i < histograms.length; i++) {
        Histogram histogram = window.histogram(window.from + i);
        histograms[i] = histogram == null ? null : histogram.toNative();
      }
    }
    return new MatrixSeries(
        window.labels,
        Arrays.copyOfRange(window.times, window.from, window.to),
        Arrays.copyOfRange(window.values, window.from, window.to),
        histograms);
  }

  /// The samples inside of the window with the values at its ends.
  private static MatrixSeries extended(Window w) {
    boolean smoothed = w.ends == WindowEnds.SMOOTHED;
    int first = ExtendedRate.firstIndex(w.times, w.from, w.to, w.start);
    int last = ExtendedRate.lastIndex(w.times, w.from, w.to, w.end, smoothed);
    if (w.times[last] <= w.start || (smoothed && w.times[first] > w.end)) {
      return new MatrixSeries(w.labels, new long[0], new double[0], null);
    }
    Samples samples = new Samples();
    samples.add(
        w.start, ExtendedRate.leftValue(w.times, w.values, first, w.start, smoothed, false));
    for (int i = first; i <= last; i++) {
      if (w.times[i] > w.start && w.times[i] < w.end) {
        samples.add(w.times[i], w.values[i]);
      }
    }
    samples.add(
        w.end, ExtendedRate.rightValue(w.times, w.values, last, w.from, w.end, smoothed, false));
    return new MatrixSeries(
        w.labels,
        Arrays.copyOf(samples.times, samples.size),
        Arrays.copyOf(samples.values, samples.size),
        null);
  }
}
