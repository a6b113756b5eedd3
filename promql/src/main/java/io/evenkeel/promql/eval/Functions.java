package io.evenkeel.promql.eval;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.Call;
import io.evenkeel.promql.parse.Expr.WindowEnds;
import io.evenkeel.promql.parse.Span;
import io.evenkeel.promql.parse.ValueType;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Calls of functions: of windows here, of vectors and scalars in [InstantFunctions].
final class Functions {
  private final Evaluation evaluation;
  private final Selection selection;
  private final InstantFunctions instant;

  Functions(Evaluation evaluation, Selection selection) {
    this.evaluation = evaluation;
    this.selection = selection;
    this.instant = new InstantFunctions(evaluation, selection);
  }

  Result call(Call call, Steps steps) {
    String name = call.function().name();
    if (name.equals("absent_over_time")) {
      return absentOverTime(call, steps);
    }
    return streams(call)
        ? new Result.Vector(evaluation.collect(call, steps))
        : instant.call(call, steps);
  }

  /// Whether a function's result comes series by series.
  boolean streams(Call call) {
    String name = call.function().name();
    return RangeFunctions.named(name) != null && !name.equals("absent_over_time");
  }

  /// Passes on the series of a function of windows.
  void stream(Call call, Steps steps, Consumer<StepSeries> sink) {
    String name = call.function().name();
    RangeFunction function = RangeFunctions.named(name);
    if (function == null) {
      throw new IllegalStateException(name + " is no function of windows");
    }
    List<double[]> arguments = new ArrayList<>();
    Expr matrix = call.arguments().getFirst();
    for (Expr argument : call.arguments()) {
      if (argument.type() == ValueType.MATRIX) {
        matrix = argument.bare();
      } else {
        arguments.add(evaluation.scalars(argument, steps));
      }
    }
    WindowEnds ends = checkedEnds(matrix, name);
    Span span = call.arguments().getFirst().span();
    boolean keepsName = name.equals("last_over_time") || name.equals("first_over_time");
    boolean counter = name.equals("rate") || name.equals("increase");
    boolean sameWhenFixed = arguments.isEmpty();
    selection.each(
        matrix,
        steps,
        () -> {
          Window window = new Window(evaluation.annotations(), span, ends);
          window.arguments = new double[arguments.size()];
          return (labels, dropsName, samples, windows) -> {
            window.reset(labels, samples);
            StepSeries result = StepSeries.empty(labels, dropsName || !keepsName, steps.count());
            slide(function, arguments, window, windows, sameWhenFixed, result);
            if (counter && !result.isEmpty()) {
              checkCounter(labels, result, span);
            }
            return result;
          };
        },
        sink);
  }

  private static WindowEnds checkedEnds(Expr matrix, String name) {
    WindowEnds ends =
        matrix instanceof Expr.MatrixSelector selector
            ? selector.vector().ends()
            : WindowEnds.PLAIN;
    Set<String> allowed =
        switch (ends) {
          case PLAIN -> Set.of(name);
          case ANCHORED -> RangeFunctions.ANCHORED;
          case SMOOTHED -> RangeFunctions.SMOOTHED;
        };
    if (!allowed.contains(name)) {
      throw new QueryException.Failed(
          (ends == WindowEnds.ANCHORED ? "anchored" : "smoothed")
              + " modifier can only be used with: "
              + String.join(", ", new TreeSet<>(allowed))
              + " - not with "
              + name);
    }
    return ends;
  }

  private void slide(
      RangeFunction function,
      List<double[]> arguments,
      Window window,
      Selection.Windows windows,
      boolean sameWhenFixed,
      StepSeries result) {
    int steps = result.values().length;
    for (int step = 0; step < steps; step++) {
      windows.slide(window, step);
      if (window.count() == 0) {
        if (windows.isFixed()) {
          return;
        }
        continue;
      }
      for (int i = 0; i < window.arguments.length; i++) {
        window.arguments[i] = arguments.get(i)[step];
      }
      function.apply(window);
      boolean stored = window.store(result, step);
      if (sameWhenFixed && windows.isFixed()) {
        for (int other = 1; stored && other < steps; other++) {
          result.copy(result, 0, other);
        }
        return;
      }
      if ((step & 0x3FF) == 0x3FF) {
        evaluation.budget().check();
      }
    }
  }

  /// Tells of a rate of what is probably no counter.
  private void checkCounter(Labels labels, StepSeries result, Span span) {
    String metric = labels.metricName();
    if (metric.isEmpty() || !hasNumber(result)) {
      return;
    }
    String type = labels.get(MetricName.TYPE);
    if (type != null) {
      if (!type.equals("counter") && !type.equals("histogram")) {
        evaluation.annotations().possibleNonCounterType(metric, type, span);
      }
    } else if (!metric.endsWith("_total")
        && !metric.endsWith("_sum")
        && !metric.endsWith("_count")
        && !metric.endsWith("_bucket")) {
      evaluation.annotations().possibleNonCounter(metric, span);
    }
  }

  private static boolean hasNumber(StepSeries series) {
    if (!series.hasHistograms()) {
      return true;
    }
    return series.present().stream().anyMatch(step -> series.histogram(step) == null);
  }

  private Result absentOverTime(Call call, Steps steps) {
    Expr matrix = call.arguments().getFirst().bare();
    checkedEnds(matrix, "absent_over_time");
    AtomicReference<BitSet> seen = new AtomicReference<>(new BitSet(steps.count()));
    selection.each(
        matrix,
        steps,
        () -> {
          Window window = new Window(evaluation.annotations(), matrix.span(), WindowEnds.PLAIN);
          return (labels, dropsName, samples, windows) -> {
            window.reset(labels, samples);
            StepSeries found = StepSeries.empty(labels, false, steps.count());
            for (int step = 0; step < steps.count(); step++) {
              windows.slide(window, step);
              if (window.count() > 0) {
                found.set(step, 1);
              }
            }
            return found;
          };
        },
        found -> seen.get().or(found.present()));
    return absent(seen.get(), matrix, steps);
  }

  /// 1 at the steps that were not seen, under the labels that the selector's plain equalities name.
  static Result absent(BitSet seen, Expr selector, Steps steps) {
    StepSeries series = StepSeries.empty(absentLabels(selector), false, steps.count());
    for (int step = 0; step < steps.count(); step++) {
      if (!seen.get(step)) {
        series.set(step, 1);
      }
    }
    return new Result.Vector(List.of(series));
  }

  private static Labels absentLabels(Expr expr) {
    return switch (expr) {
      case Expr.VectorSelector selector -> absentLabels(selector.matchers());
      case Expr.MatrixSelector matrix -> absentLabels(matrix.vector().matchers());
      default -> Labels.empty();
    };
  }

  private static Labels absentLabels(List<Matcher> matchers) {
    Labels.Builder labels = new Labels.Builder();
    Set<String> seen = new HashSet<>();
    for (Matcher matcher : matchers) {
      if (matcher.name().equals(Label.METRIC_NAME)) {
        continue;
      }
      if (matcher.operator() == Matcher.Operator.EQUAL && seen.add(matcher.name())) {
        labels.set(matcher.name(), matcher.value());
      } else {
        labels.remove(matcher.name());
      }
    }
    return labels.build();
  }
}
