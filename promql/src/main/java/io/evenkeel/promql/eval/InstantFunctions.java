package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.Call;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/// Functions of instant vectors and scalars.
final class InstantFunctions {
  private static final Map<String, DoubleUnaryOperator> MATH =
      Map.ofEntries(
          Map.entry("abs", Math::abs),
          Map.entry("ceil", Math::ceil),
          Map.entry("floor", Math::floor),
          Map.entry("exp", Math::exp),
          Map.entry("ln", Math::log),
          Map.entry("log2", v -> exactLog(v, 2, Math.log(v) / Math.log(2))),
          Map.entry("log10", Math::log10),
          Map.entry("sqrt", Math::sqrt),
          Map.entry("sgn", Math::signum),
          Map.entry("acos", Math::acos),
          Map.entry("acosh", Hyperbolic::acosh),
          Map.entry("asin", Math::asin),
          Map.entry("asinh", Hyperbolic::asinh),
          Map.entry("atan", Math::atan),
          Map.entry("atanh", Hyperbolic::atanh),
          Map.entry("cos", Math::cos),
          Map.entry("cosh", Hyperbolic::cosh),
          Map.entry("sin", Math::sin),
          Map.entry("sinh", Hyperbolic::sinh),
          Map.entry("tan", Math::tan),
          Map.entry("tanh", Math::tanh),
          Map.entry("deg", v -> v * 180 / Math.PI),
          Map.entry("rad", v -> v * Math.PI / 180));

  private static final Map<String, DoubleUnaryOperator> CALENDAR =
      Map.of(
          "minute", calendar(ZonedDateTime::getMinute),
          "hour", calendar(ZonedDateTime::getHour),
          "day_of_week", calendar(time -> time.getDayOfWeek().getValue() % 7),
          "day_of_month", calendar(ZonedDateTime::getDayOfMonth),
          "day_of_year", calendar(ZonedDateTime::getDayOfYear),
          "days_in_month", calendar(time -> time.toLocalDate().lengthOfMonth()),
          "month", calendar(ZonedDateTime::getMonthValue),
          "year", calendar(ZonedDateTime::getYear));

  private final Evaluation evaluation;
  private final Selection selection;

  InstantFunctions(Evaluation evaluation, Selection selection) {
    this.evaluation = evaluation;
    this.selection = selection;
  }

  private interface CalendarField {
    int of(ZonedDateTime time);
  }

  /// Times that no calendar has are no time.
  private static DoubleUnaryOperator calendar(CalendarField field) {
    return seconds ->
        Math.abs(seconds) < Instant.MAX.getEpochSecond()
            ? field.of(Instant.ofEpochSecond((long) seconds).atZone(ZoneOffset.UTC))
            : Double.NaN;
  }

  /// Powers of two have an exact logarithm, which the quotient may miss by an ulp.
  private static double exactLog(double value, double base, double quotient) {
    double rounded = Math.rint(quotient);
    return Math.pow(base, rounded) == value ? rounded : quotient;
  }

  Result call(Call call, Steps steps) {
    String name = call.function().name();
    List<Expr> arguments = call.arguments();
    DoubleUnaryOperator math = MATH.get(name);
    if (math != null) {
      return map(vector(arguments, 0, steps), (value, step) -> math.applyAsDouble(value));
    }
    DoubleUnaryOperator calendar = CALENDAR.get(name);
    if (calendar != null) {
      List<StepSeries> times =
          arguments.isEmpty()
              ? List.of(StepSeries.of(Labels.empty(), now(steps)))
              : vector(arguments, 0, steps);
      return map(times, (value, step) -> calendar.applyAsDouble(value));
    }
    return switch (name) {
      case "time" -> new Result.Scalars(now(steps));
      case "pi" -> Evaluation.constant(Math.PI, steps);
      case "start" -> Evaluation.constant(evaluation.request().startMillis() / 1000.0, steps);
      case "end" -> Evaluation.constant(evaluation.request().endMillis() / 1000.0, steps);
      case "step" -> Evaluation.constant(evaluation.request().stepMillis() / 1000.0, steps);
      case "range" ->
          Evaluation.constant(
              (evaluation.request().endMillis() - evaluation.request().startMillis()) / 1000.0,
              steps);
      case "min_of" -> extreme(arguments, steps, false);
      case "max_of" -> extreme(arguments, steps, true);
      case "scalar" -> scalar(vector(arguments, 0, steps), steps);
      case "vector" ->
          new Result.Vector(
              List.of(
                  StepSeries.of(Labels.empty(), evaluation.scalars(arguments.getFirst(), steps))));
      case "round" -> round(arguments, steps);
      case "clamp", "clamp_min", "clamp_max" -> clamp(name, arguments, steps);
      case "absent" -> {
        BitSet seen = new BitSet(steps.count());
        evaluation.stream(arguments.getFirst(), steps, series -> seen.or(series.present()));
        yield Functions.absent(seen, arguments.getFirst().bare(), steps);
      }
      case "timestamp" -> timestamp(arguments.getFirst().bare(), steps);
      case "start_timestamp" -> startTimestamp(arguments.getFirst().bare(), steps);
      case "sort" -> Sorting.byValue(vector(arguments, 0, steps), steps, false);
      case "sort_desc" -> Sorting.byValue(vector(arguments, 0, steps), steps, true);
      case "sort_by_label" ->
          Sorting.byLabels(vector(arguments, 0, steps), texts(arguments), false);
      case "sort_by_label_desc" ->
          Sorting.byLabels(vector(arguments, 0, steps), texts(arguments), true);
      case "label_replace" ->
          LabelFunctions.replace(vector(arguments, 0, steps), texts(arguments), steps);
      case "label_join" ->
          LabelFunctions.join(vector(arguments, 0, steps), texts(arguments), steps);
      case "info" -> new InfoFunction(evaluation, selection).call(call, steps);
      default -> new HistogramFunctions(evaluation, call, steps).call();
    };
  }

  private List<StepSeries> vector(List<Expr> arguments, int index, Steps steps) {
    return evaluation.vector(arguments.get(index), steps);
  }

  /// The arguments after the first, which are strings.
  private static List<String> texts(List<Expr> arguments) {
    return arguments.stream().skip(1).map(Evaluation::text).toList();
  }

  private interface StepOperator {
    double apply(double value, int step);
  }

  /// A function of each number; histograms have no answer.
  private static Result map(List<StepSeries> series, StepOperator operator) {
    List<StepSeries> answer = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      StepSeries mapped = StepSeries.empty(one.labels(), true, one.values().length);
      BitSet present = one.present();
      for (int step = present.nextSetBit(0); step >= 0; step = present.nextSetBit(step + 1)) {
        if (one.histogram(step) == null) {
          mapped.set(step, operator.apply(one.values()[step], step));
        }
      }
      answer.add(mapped);
    }
    return new Result.Vector(answer);
  }

  private static double[] now(Steps steps) {
    double[] seconds = new double[steps.count()];
    for (int step = 0; step < seconds.length; step++) {
      seconds[step] = steps.time(step) / 1000.0;
    }
    return seconds;
  }

  /// As Go has it, infinity is larger than no number.
  private static double larger(double a, double b) {
    return a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY
        ? Double.POSITIVE_INFINITY
        : Math.max(a, b);
  }

  private static double smaller(double a, double b) {
    return a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY
        ? Double.NEGATIVE_INFINITY
        : Math.min(a, b);
  }

  private Result extreme(List<Expr> arguments, Steps steps, boolean largest) {
    double[] a = evaluation.scalars(arguments.get(0), steps);
    double[] b = evaluation.scalars(arguments.get(1), steps);
    double[] values = new double[steps.count()];
    for (int step = 0; step < values.length; step++) {
      values[step] = largest ? larger(a[step], b[step]) : smaller(a[step], b[step]);
    }
    return new Result.Scalars(values);
  }

  private static Result scalar(List<StepSeries> series, Steps steps) {
    double[] values = new double[steps.count()];
    for (int step = 0; step < values.length; step++) {
      double only = Double.NaN;
      int count = 0;
      for (StepSeries one : series) {
        if (one.has(step) && one.histogram(step) == null) {
          only = one.values()[step];
          count++;
        }
      }
      values[step] = count == 1 ? only : Double.NaN;
    }
    return new Result.Scalars(values);
  }

  private Result round(List<Expr> arguments, Steps steps) {
    double[] nearest =
        arguments.size() > 1
            ? evaluation.scalars(arguments.get(1), steps)
            : Evaluation.constant(1, steps).values();
    return map(
        vector(arguments, 0, steps),
        (value, step) -> {
          // Dividing by the inverse is more exact for fractions such as 0.1.
          double inverse = 1.0 / nearest[step];
          return Math.floor(value * inverse + 0.5) / inverse;
        });
  }

  private Result clamp(String name, List<Expr> arguments, Steps steps) {
    double[] lower = Evaluation.constant(Double.NEGATIVE_INFINITY, steps).values();
    double[] upper = Evaluation.constant(Double.POSITIVE_INFINITY, steps).values();
    switch (name) {
      case "clamp" -> {
        lower = evaluation.scalars(arguments.get(1), steps);
        upper = evaluation.scalars(arguments.get(2), steps);
      }
      case "clamp_min" -> lower = evaluation.scalars(arguments.get(1), steps);
      default -> upper = evaluation.scalars(arguments.get(1), steps);
    }
    double[] least = lower;
    double[] most = upper;
    Result clamped =
        map(
            vector(arguments, 0, steps),
            (value, step) -> larger(least[step], smaller(most[step], value)));
    if (clamped instanceof Result.Vector vector) {
      for (StepSeries one : vector.series()) {
        for (int step = 0; step < steps.count(); step++) {
          if (most[step] < least[step]) {
            one.present().clear(step);
          }
        }
      }
    }
    return clamped;
  }

  /// Of a plain selector the times of its samples, of anything else the evaluation's own.
  private Result timestamp(Expr argument, Steps steps) {
    List<StepSeries> answer = new ArrayList<>();
    if (argument instanceof VectorSelector selector) {
      selection.select(selector, steps, Selection.Aspect.TIME, answer::add);
      return new Result.Vector(answer);
    }
    double[] now = now(steps);
    for (StepSeries series : evaluation.vector(argument, steps)) {
      StepSeries times = StepSeries.empty(series.labels(), true, steps.count());
      series.present().stream().forEach(step -> times.set(step, now[step]));
      answer.add(times);
    }
    return new Result.Vector(answer);
  }

  /// When the counters of a plain selector's samples began, 0 where it is not known.
  private Result startTimestamp(Expr argument, Steps steps) {
    List<StepSeries> answer = new ArrayList<>();
    if (argument instanceof VectorSelector selector) {
      selection.select(selector, steps, Selection.Aspect.START, answer::add);
    }
    return new Result.Vector(answer);
  }
}
