package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.histogram.HistogramStatistics;
import io.evenkeel.promql.histogram.HistogramStatistics.Answer;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.Call;
import io.evenkeel.promql.parse.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// Functions of histograms, native ones and those whose buckets are series with an `le` label.
final class HistogramFunctions {
  private static final String LE = "le";
  private static final Set<String> ONLY_LE = Set.of(LE);

  private final Evaluation evaluation;
  private final Annotations annotations;
  private final Call call;
  private final List<Expr> arguments;
  private final Steps steps;

  HistogramFunctions(Evaluation evaluation, Call call, Steps steps) {
    this.evaluation = evaluation;
    this.annotations = evaluation.annotations();
    this.call = call;
    this.arguments = call.arguments();
    this.steps = steps;
  }

  Result call() {
    return switch (call.function().name()) {
      case "histogram_count" -> statistic(Histogram::count);
      case "histogram_sum" -> statistic(Histogram::sum);
      case "histogram_avg" -> statistic(h -> h.sum() / h.count());
      case "histogram_stdvar" -> statistic(HistogramStatistics::variance);
      case "histogram_stddev" -> statistic(h -> Math.sqrt(HistogramStatistics.variance(h)));
      case "histogram_quantile" -> {
        double[] phi = evaluation.scalars(arguments.get(0), steps);
        checkQuantiles(phi, arguments.get(0).span());
        Grouped grouped = new Grouped(arguments.get(1));
        yield quantiles(grouped, phi, labels -> labels, arguments.get(1).span());
      }
      case "histogram_quantiles" -> severalQuantiles();
      case "histogram_fraction" -> fractions();
      default ->
          throw new IllegalStateException(
              "function " + call.function().name() + " is in the table but nowhere evaluated");
    };
  }

  private Result statistic(ToDoubleFunction<Histogram> function) {
    List<StepSeries> answer = new ArrayList<>();
    evaluation.stream(
        arguments.getFirst(),
        steps,
        series -> {
          if (!series.hasHistograms()) {
            return;
          }
          StepSeries result = StepSeries.empty(series.labels(), true, steps.count());
          for (int step = 0; step < steps.count(); step++) {
            Histogram histogram = series.has(step) ? series.histogram(step) : null;
            if (histogram != null) {
              result.set(step, function.applyAsDouble(histogram));
            }
          }
          answer.add(result);
        });
    return new Result.Vector(answer);
  }

  private void checkQuantiles(double[] phi, Span span) {
    for (double value : phi) {
      if (!(value >= 0 && value <= 1)) {
        annotations.invalidQuantile(value, span);
      }
    }
  }

  private record Bucket(double bound, StepSeries series) {}

  /// The series of a vector by the histograms that they belong to.
  private final class Grouped {
    private final Span span;
    private final List<StepSeries> natives = new ArrayList<>();

    /// Buckets by the labels of their histogram, with the metric's name and without `le`.
    private final Map<Labels, List<Bucket>> classics = new LinkedHashMap<>();

    Grouped(Expr vector) {
      span = vector.span();
      for (StepSeries series : evaluation.vector(vector, steps)) {
        boolean numbers = !series.hasHistograms();
        if (!numbers) {
          natives.add(series);
          numbers = series.present().stream().anyMatch(step -> series.histogram(step) == null);
        }
        if (numbers) {
          addClassic(series);
        }
      }
    }

    private void addClassic(StepSeries series) {
      String le = series.labels().valueOrEmpty(LE);
      OptionalDouble bound = bound(le);
      if (bound.isPresent()) {
        classics
            .computeIfAbsent(series.labels().without(ONLY_LE), key -> new ArrayList<>())
            .add(new Bucket(bound.getAsDouble(), series));
      } else {
        annotations.badBucketLabel(series.labels().metricName(), le, span);
      }
    }

    /// Whether there are both forms of one histogram at a step, which then has no answer.
    boolean conflicts(Labels labels, int step) {
      List<Bucket> buckets = classics.get(labels);
      if (buckets == null || !hasBuckets(buckets, step)) {
        return false;
      }
      annotations.mixedClassicAndNative(labels.metricName(), span);
      return true;
    }

    private static boolean hasBuckets(List<Bucket> buckets, int step) {
      for (Bucket bucket : buckets) {
        if (bucket.series.has(step) && bucket.series.histogram(step) == null) {
          return true;
        }
      }
      return false;
    }

    /// The native histogram with exactly a classic one's labels, if there is one.
    boolean hasNative(Labels labels, int step) {
      for (StepSeries series : natives) {
        if (series.has(step) && series.histogram(step) != null && series.labels().equals(labels)) {
          return true;
        }
      }
      return false;
    }

    void fill(ClassicHistogram histogram, List<Bucket> buckets, int step) {
      histogram.clear();
      for (Bucket bucket : buckets) {
        if (bucket.series.has(step) && bucket.series.histogram(step) == null) {
          histogram.add(bucket.bound, bucket.series.values()[step]);
        }
      }
    }
  }

  private static OptionalDouble bound(String text) {
    return switch (text) {
      case "+Inf", "Inf", "inf", "+inf" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
      case "-Inf", "-inf" -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
      default -> {
        // Java would take "1f" and " 1" too.
        boolean plain =
            !text.isEmpty()
                && text.chars().allMatch(c -> (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0);
        try {
          yield plain ? OptionalDouble.of(Double.parseDouble(text)) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
          yield OptionalDouble.empty();
        }
      }
    };
  }

  private interface Relabelling {
    Labels of(Labels labels);
  }

  private Result quantiles(Grouped grouped, double[] phi, Relabelling relabelling, Span span) {
    List<StepSeries> answer = new ArrayList<>();
    for (StepSeries series : grouped.natives) {
      String metric = series.labels().metricName();
      StepSeries result = StepSeries.empty(relabelling.of(series.labels()), true, steps.count());
      for (int step = 0; step < steps.count(); step++) {
        Histogram histogram = series.has(step) ? series.histogram(step) : null;
        if (histogram == null || grouped.conflicts(series.labels(), step)) {
          continue;
        }
        Answer quantile = HistogramStatistics.quantile(phi[step], histogram);
        switch (quantile.effect()) {
          case NONE -> {}
          case NO_RESULT -> annotations.nanQuantile(metric, arguments.getFirst().span());
          case SKEWS -> annotations.skewedQuantile(metric, arguments.getFirst().span());
        }
        result.set(step, quantile.value());
      }
      answer.add(result);
    }
    ClassicHistogram histogram = new ClassicHistogram();
    grouped.classics.forEach((labels, buckets) -> {
      StepSeries result = StepSeries.empty(relabelling.of(labels), true, steps.count());
      for (int step = 0; step < steps.count(); step++) {
        grouped.fill(histogram, buckets, step);
        if (histogram.isEmpty() || grouped.hasNative(labels, step)) {
          continue;
        }
        result.set(step, histogram.quantile(phi[step]));
        ClassicHistogram.Forced forced = histogram.forced();
        if (forced != null) {
          annotations.forcedMonotonicity(labels.metricName(), steps.time(step), forced, span);
        }
      }
      answer.add(result);
    });
    return new Result.Vector(answer);
  }

  private Result severalQuantiles() {
    String label = Evaluation.text(arguments.get(1));
    List<double[]> phis = new ArrayList<>();
    for (Expr argument : arguments.subList(2, arguments.size())) {
      double[] phi = evaluation.scalars(argument, steps);
      checkQuantiles(phi, argument.span());
      phis.add(phi);
    }
    Grouped grouped = new Grouped(arguments.getFirst());
    List<StepSeries> answer = new ArrayList<>();
    for (double[] phi : phis) {
      // A quantile may change from step to step; then its series do too.
      Map<Double, double[]> byValue = new LinkedHashMap<>();
      for (int step = 0; step < phi.length; step++) {
        int at = step;
        byValue.computeIfAbsent(phi[step], value -> new double[phi.length])[at] = 1;
      }
      byValue.forEach((value, at) -> {
        Result.Vector all =
            (Result.Vector)
                quantiles(
                    grouped,
                    Evaluation.constant(value, steps).values(),
                    labels -> labels.with(label, openMetrics(value)),
                    arguments.getFirst().span());
        for (StepSeries series : all.series()) {
          for (int step = 0; step < at.length; step++) {
            if (at[step] == 0) {
              series.present().clear(step);
            }
          }
          answer.add(series);
        }
      });
    }
    return new Result.Vector(LabelSets.merged(answer, steps.count()));
  }

  /// A number as OpenMetrics writes it in a label: with a point.
  private static String openMetrics(double value) {
    String text = FloatText.general(value);
    return Double.isFinite(value) && text.indexOf('.') < 0 && text.indexOf('e') < 0
        ? text + ".0"
        : text;
  }

  private Result fractions() {
    double[] lower = evaluation.scalars(arguments.get(0), steps);
    double[] upper = evaluation.scalars(arguments.get(1), steps);
    Grouped grouped = new Grouped(arguments.get(2));
    List<StepSeries> answer = new ArrayList<>();
    for (StepSeries series : grouped.natives) {
      StepSeries result = StepSeries.empty(series.labels(), true, steps.count());
      for (int step = 0; step < steps.count(); step++) {
        Histogram histogram = series.has(step) ? series.histogram(step) : null;
        if (histogram == null || grouped.conflicts(series.labels(), step)) {
          continue;
        }
        Answer fraction = HistogramStatistics.fraction(lower[step], upper[step], histogram);
        if (fraction.effect() != HistogramStatistics.NanEffect.NONE) {
          annotations.nanFraction(series.labels().metricName(), arguments.getFirst().span());
        }
        result.set(step, fraction.value());
      }
      answer.add(result);
    }
    ClassicHistogram histogram = new ClassicHistogram();
    grouped.classics.forEach((labels, buckets) -> {
      StepSeries result = StepSeries.empty(labels, true, steps.count());
      for (int step = 0; step < steps.count(); step++) {
        grouped.fill(histogram, buckets, step);
        if (!histogram.isEmpty() && !grouped.hasNative(labels, step)) {
          result.set(step, histogram.fraction(lower[step], upper[step]));
        }
      }
      answer.add(result);
    });
    return new Result.Vector(answer);
  }
}
