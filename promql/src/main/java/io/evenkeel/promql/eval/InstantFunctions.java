package io.evenkeel.promql.eval;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.Utf8Order;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.Expr;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Functions of instant vectors and scalars.
final class InstantFunctions {
  private static final Set<String> METRIC_NAME = Set.of(Label.METRIC_NAME);

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
          Map.entry("acosh", v -> Math.log(v + Math.sqrt(v * v - 1))),
          Map.entry("asin", Math::asin),
          Map.entry(
              "asinh",
              v ->
                  v == 0 || Double.isInfinite(v)
                      ? v
                      : Math.signum(v) * Math.log(Math.abs(v) + Math.sqrt(v * v + 1))),
          Map.entry("atan", Math::atan),
          Map.entry("atanh", v -> 0.5 * (Math.log1p(v) - Math.log1p(-v))),
          Map.entry("cos", Math::cos),
          Map.entry("cosh", Math::cosh),
          Map.entry("sin", Math::sin),
          Map.entry("sinh", Math::sinh),
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

  private InstantFunctions() {}

  private interface CalendarField {
    int of(ZonedDateTime time);
  }

  private static DoubleUnaryOperator calendar(CalendarField field) {
    return seconds ->
        Double.isFinite(seconds)
            ? field.of(Instant.ofEpochSecond((long) Math.floor(seconds)).atZone(ZoneOffset.UTC))
            : Double.NaN;
  }

  /// Powers of two have an exact logarithm, which the quotient may miss by an ulp.
  private static double exactLog(double value, double base, double quotient) {
    double rounded = Math.rint(quotient);
    return Math.pow(base, rounded) == value ? rounded : quotient;
  }

  static Result call(Evaluation evaluation, Expr.Call call, Steps steps) {
    String name = call.function().name();
    List<Expr> arguments = call.arguments();
    DoubleUnaryOperator math = MATH.get(name);
    if (math != null) {
      return map(
          evaluation.vector(arguments.getFirst(), steps),
          (value, step) -> math.applyAsDouble(value));
    }
    DoubleUnaryOperator calendar = CALENDAR.get(name);
    if (calendar != null) {
      List<StepSeries> times =
          arguments.isEmpty()
              ? List.of(ofScalars(now(steps)))
              : evaluation.vector(arguments.getFirst(), steps);
      return map(times, (value, step) -> calendar.applyAsDouble(value));
    }
    return switch (name) {
      case "time" -> new Result.Scalars(now(steps));
      case "pi" ->
          new Result.Scalars(
              java.util.stream.DoubleStream.generate(() -> Math.PI).limit(steps.count()).toArray());
      case "scalar" -> scalar(evaluation.vector(arguments.getFirst(), steps), steps);
      case "vector" ->
          new Result.Vector(List.of(ofScalars(evaluation.scalars(arguments.getFirst(), steps))));
      case "round" -> round(evaluation, arguments, steps);
      case "clamp", "clamp_min", "clamp_max" -> clamp(evaluation, name, arguments, steps);
      case "sort" -> sort(evaluation.vector(arguments.getFirst(), steps), steps, false);
      case "sort_desc" -> sort(evaluation.vector(arguments.getFirst(), steps), steps, true);
      case "sort_by_label" -> sortByLabel(evaluation, arguments, steps, false);
      case "sort_by_label_desc" -> sortByLabel(evaluation, arguments, steps, true);
      case "absent" -> {
        BitSet seen = new BitSet(steps.count());
        evaluation.vector(arguments.getFirst(), steps).forEach(series -> seen.or(series.present()));
        yield Evaluation.absent(seen, arguments.getFirst(), steps);
      }
      case "timestamp" -> timestamp(evaluation, arguments.getFirst(), steps);
      case "label_replace" -> labelReplace(evaluation, arguments, steps);
      case "label_join" -> labelJoin(evaluation, arguments, steps);
      case "histogram_quantile" -> histogramQuantile(evaluation, arguments, steps);
      default ->
          throw new IllegalStateException(
              "function " + name + " is in the table but nowhere evaluated");
    };
  }

  private interface StepOperator {
    double apply(double value, int step);
  }

  private static Result map(List<StepSeries> series, StepOperator operator) {
    List<StepSeries> answer = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      StepSeries mapped = StepSeries.empty(one.labels().without(METRIC_NAME), one.values().length);
      one.present().stream()
          .forEach(step -> mapped.set(step, operator.apply(one.values()[step], step)));
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

  private static StepSeries ofScalars(double[] values) {
    BitSet all = new BitSet(values.length);
    all.set(0, values.length);
    return new StepSeries(Labels.empty(), values, all);
  }

  private static Result scalar(List<StepSeries> series, Steps steps) {
    double[] values = new double[steps.count()];
    for (int step = 0; step < values.length; step++) {
      double only = Double.NaN;
      int count = 0;
      for (StepSeries one : series) {
        if (one.has(step)) {
          only = one.values()[step];
          count++;
        }
      }
      values[step] = count == 1 ? only : Double.NaN;
    }
    return new Result.Scalars(values);
  }

  private static Result round(Evaluation evaluation, List<Expr> arguments, Steps steps) {
    double[] nearest = arguments.size() > 1 ? evaluation.scalars(arguments.get(1), steps) : null;
    return map(
        evaluation.vector(arguments.getFirst(), steps),
        (value, step) -> {
          // Dividing by the inverse is more exact for fractions such as 0.1.
          double inverse = 1.0 / (nearest == null ? 1.0 : nearest[step]);
          return Math.floor(value * inverse + 0.5) / inverse;
        });
  }

  private static Result clamp(
      Evaluation evaluation, String name, List<Expr> arguments, Steps steps) {
    double[] first = evaluation.scalars(arguments.get(1), steps);
    double[] second = name.equals("clamp") ? evaluation.scalars(arguments.get(2), steps) : first;
    List<StepSeries> series = evaluation.vector(arguments.getFirst(), steps);
    if (!name.equals("clamp")) {
      boolean least = name.equals("clamp_min");
      return map(
          series,
          (value, step) -> least ? Math.max(value, first[step]) : Math.min(value, first[step]));
    }
    Result.Vector clamped =
        (Result.Vector)
            map(series, (value, step) -> Math.max(first[step], Math.min(second[step], value)));
    for (StepSeries one : clamped.series()) {
      for (int step = 0; step < steps.count(); step++) {
        if (second[step] < first[step]) {
          one.present().clear(step);
        }
      }
    }
    return clamped;
  }

  private static Result sort(List<StepSeries> series, Steps steps, boolean descending) {
    if (steps.count() != 1) {
      return new Result.Vector(series);
    }
    List<StepSeries> sorted = new ArrayList<>(series);
    sorted.removeIf(one -> !one.has(0));
    sorted.sort((a, b) -> {
      double x = a.values()[0];
      double y = b.values()[0];
      if (Double.isNaN(x) || Double.isNaN(y)) {
        return Boolean.compare(Double.isNaN(x), Double.isNaN(y));
      }
      return descending ? Double.compare(y, x) : Double.compare(x, y);
    });
    return new Result.Vector(sorted);
  }

  private static Result sortByLabel(
      Evaluation evaluation, List<Expr> arguments, Steps steps, boolean descending) {
    List<StepSeries> sorted = new ArrayList<>(evaluation.vector(arguments.getFirst(), steps));
    Comparator<StepSeries> order = Comparator.comparing(StepSeries::labels);
    for (Expr argument : arguments.subList(1, arguments.size()).reversed()) {
      String label = Evaluation.text(argument);
      Comparator<StepSeries> outer =
          Comparator.comparing(
              (StepSeries one) -> one.labels().valueOrEmpty(label), Utf8Order.INSTANCE);
      order = outer.thenComparing(order);
    }
    sorted.sort(descending ? order.reversed() : order);
    return new Result.Vector(sorted);
  }

  /// Of a plain selector the times of its samples, of anything else the evaluation's own.
  private static Result timestamp(Evaluation evaluation, Expr argument, Steps steps) {
    List<StepSeries> series = evaluation.vector(argument, steps);
    if (!(argument instanceof Expr.VectorSelector selector)) {
      return map(series, (value, step) -> steps.time(step) / 1000.0);
    }
    return new Result.Vector(evaluation.sampleTimes(selector, steps));
  }

  private static Result labelReplace(Evaluation evaluation, List<Expr> arguments, Steps steps) {
    String target = Evaluation.text(arguments.get(1));
    String replacement = Evaluation.text(arguments.get(2));
    String source = Evaluation.text(arguments.get(3));
    Pattern pattern;
    try {
      pattern = Pattern.compile("^(?s:" + Evaluation.text(arguments.get(4)) + ")$");
    } catch (PatternSyntaxException e) {
      throw new QueryException.Failed(
          "invalid regular expression in label_replace(): " + Evaluation.text(arguments.get(4)));
    }
    if (target.isEmpty()) {
      throw new QueryException.Failed("invalid destination label name in label_replace(): ");
    }
    return relabel(
        evaluation.vector(arguments.getFirst(), steps),
        labels -> {
          Matcher matcher = pattern.matcher(labels.valueOrEmpty(source));
          return matcher.matches() ? labels.with(target, expand(matcher, replacement)) : labels;
        },
        steps);
  }

  /// Go's template: `$1`, `${1}`, `$name`; an unknown group is empty, `$$` a dollar.
  private static String expand(Matcher matcher, String template) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < template.length(); ) {
      char c = template.charAt(at);
      if (c != '$' || at + 1 == template.length()) {
        out.append(c);
        at++;
        continue;
      }
      if (template.charAt(at + 1) == '$') {
        out.append('$');
        at += 2;
        continue;
      }
      boolean braced = template.charAt(at + 1) == '{';
      int from = at + (braced ? 2 : 1);
      int to = from;
      while (to < template.length()
          && (Character.isLetterOrDigit(template.charAt(to)) || template.charAt(to) == '_')) {
        to++;
      }
      if (to == from || (braced && (to == template.length() || template.charAt(to) != '}'))) {
        out.append(c);
        at++;
        continue;
      }
      out.append(group(matcher, template.substring(from, to)));
      at = braced ? to + 1 : to;
    }
    return out.toString();
  }

  private static String group(Matcher matcher, String name) {
    String value;
    if (name.chars().allMatch(Character::isDigit)) {
      int number = name.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(name);
      value = number <= matcher.groupCount() ? matcher.group(number) : "";
    } else {
      value = matcher.pattern().namedGroups().containsKey(name) ? matcher.group(name) : "";
    }
    return value == null ? "" : value;
  }

  private static Result labelJoin(Evaluation evaluation, List<Expr> arguments, Steps steps) {
    String target = Evaluation.text(arguments.get(1));
    String separator = Evaluation.text(arguments.get(2));
    List<String> sources =
        arguments.subList(3, arguments.size()).stream().map(Evaluation::text).toList();
    return relabel(
        evaluation.vector(arguments.getFirst(), steps),
        labels ->
            labels.with(
                target,
                String.join(separator, sources.stream().map(labels::valueOrEmpty).toList())),
        steps);
  }

  private interface Relabelling {
    Labels of(Labels labels);
  }

  private static Result relabel(List<StepSeries> series, Relabelling relabelling, Steps steps) {
    Map<Labels, StepSeries> answer = new LinkedHashMap<>();
    for (StepSeries one : series) {
      Labels labels = relabelling.of(one.labels());
      StepSeries before = answer.get(labels);
      if (before == null) {
        answer.put(labels, one.relabelled(labels));
      } else if (before.present().intersects(one.present())) {
        throw new QueryException.Failed("vector cannot contain metrics with the same labelset");
      } else {
        StepSeries both = StepSeries.empty(labels, steps.count());
        before.present().stream().forEach(step -> both.set(step, before.values()[step]));
        one.present().stream().forEach(step -> both.set(step, one.values()[step]));
        answer.put(labels, both);
      }
    }
    return new Result.Vector(List.copyOf(answer.values()));
  }

  private record Bucket(double bound, StepSeries series) {}

  private static Result histogramQuantile(
      Evaluation evaluation, List<Expr> arguments, Steps steps) {
    double[] phi = evaluation.scalars(arguments.getFirst(), steps);
    Set<String> without = Set.of(Label.METRIC_NAME, "le");
    Map<Labels, List<Bucket>> histograms = new LinkedHashMap<>();
    for (StepSeries series : evaluation.vector(arguments.get(1), steps)) {
      Double bound = bound(series.labels().valueOrEmpty("le"));
      if (bound != null) {
        histograms
            .computeIfAbsent(series.labels().without(without), key -> new ArrayList<>())
            .add(new Bucket(bound, series));
      }
    }
    List<StepSeries> answer = new ArrayList<>();
    histograms.forEach((labels, buckets) -> {
      StepSeries quantiles = StepSeries.empty(labels, steps.count());
      for (int step = 0; step < steps.count(); step++) {
        TreeMap<Double, Double> counts = new TreeMap<>();
        for (Bucket bucket : buckets) {
          if (bucket.series.has(step)) {
            counts.merge(bucket.bound, bucket.series.values()[step], Double::sum);
          }
        }
        if (!counts.isEmpty()) {
          double[] bounds = counts.keySet().stream().mapToDouble(Double::doubleValue).toArray();
          double[] cumulative = counts.values().stream().mapToDouble(Double::doubleValue).toArray();
          quantiles.set(step, ClassicHistogram.quantile(phi[step], bounds, cumulative));
        }
      }
      answer.add(quantiles);
    });
    return new Result.Vector(answer);
  }

  private static @Nullable Double bound(String text) {
    try {
      return switch (text) {
        case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        case "" -> null;
        default -> Double.valueOf(text);
      };
    } catch (NumberFormatException e) {
      // A series whose le is no number belongs to no histogram.
      return null;
    }
  }
}
