package io.evenkeel.promql.parse;

import static io.evenkeel.promql.parse.ValueType.MATRIX;
import static io.evenkeel.promql.parse.ValueType.SCALAR;
import static io.evenkeel.promql.parse.ValueType.STRING;
import static io.evenkeel.promql.parse.ValueType.VECTOR;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a function takes and answers.
///
/// @param arguments the types of its arguments
/// @param variadic 0 when it takes exactly those; n > 0 when the last may be left out or stand up
///   to n times; −1 when the last may be left out or stand any number of times
/// @param experimental whether Prometheus has it behind a flag
public record Signature(
    String name, List<ValueType> arguments, int variadic, ValueType returns, boolean experimental) {
  private static final Map<String, Signature> ALL = new TreeMap<>();

  static {
    // Functions of each sample of a vector.
    each(
        List.of(
            "abs",
            "ceil",
            "floor",
            "exp",
            "ln",
            "log2",
            "log10",
            "sqrt",
            "sgn",
            "acos",
            "acosh",
            "asin",
            "asinh",
            "atan",
            "atanh",
            "cos",
            "cosh",
            "sin",
            "sinh",
            "tan",
            "tanh",
            "deg",
            "rad",
            "sort",
            "sort_desc",
            "timestamp",
            "absent",
            "histogram_avg",
            "histogram_count",
            "histogram_sum",
            "histogram_stddev",
            "histogram_stdvar"),
        VECTOR);
    // Functions of the samples of a window.
    each(
        List.of(
            "rate",
            "increase",
            "irate",
            "delta",
            "idelta",
            "deriv",
            "changes",
            "resets",
            "avg_over_time",
            "sum_over_time",
            "min_over_time",
            "max_over_time",
            "count_over_time",
            "last_over_time",
            "stddev_over_time",
            "stdvar_over_time",
            "present_over_time",
            "absent_over_time"),
        MATRIX);
    for (String name :
        List.of(
            "first_over_time",
            "mad_over_time",
            "ts_of_min_over_time",
            "ts_of_max_over_time",
            "ts_of_first_over_time",
            "ts_of_last_over_time")) {
      add(name, VECTOR, 0, true, MATRIX);
    }
    for (String name :
        List.of(
            "minute",
            "hour",
            "day_of_week",
            "day_of_month",
            "day_of_year",
            "days_in_month",
            "month",
            "year")) {
      add(name, VECTOR, 1, false, VECTOR);
    }
    add("time", SCALAR, 0, false);
    add("pi", SCALAR, 0, false);
    add("scalar", SCALAR, 0, false, VECTOR);
    add("vector", VECTOR, 0, false, SCALAR);
    add("round", VECTOR, 1, false, VECTOR, SCALAR);
    add("clamp", VECTOR, 0, false, VECTOR, SCALAR, SCALAR);
    add("clamp_min", VECTOR, 0, false, VECTOR, SCALAR);
    add("clamp_max", VECTOR, 0, false, VECTOR, SCALAR);
    add("predict_linear", VECTOR, 0, false, MATRIX, SCALAR);
    add("double_exponential_smoothing", VECTOR, 0, true, MATRIX, SCALAR, SCALAR);
    add("quantile_over_time", VECTOR, 0, false, SCALAR, MATRIX);
    add("histogram_quantile", VECTOR, 0, false, SCALAR, VECTOR);
    add("histogram_quantiles", VECTOR, 9, true, VECTOR, STRING, SCALAR, SCALAR);
    add("histogram_fraction", VECTOR, 0, false, SCALAR, SCALAR, VECTOR);
    add("label_replace", VECTOR, 0, false, VECTOR, STRING, STRING, STRING, STRING);
    add("label_join", VECTOR, -1, false, VECTOR, STRING, STRING, STRING);
    add("sort_by_label", VECTOR, -1, true, VECTOR, STRING);
    add("sort_by_label_desc", VECTOR, -1, true, VECTOR, STRING);
    add("info", VECTOR, 1, true, VECTOR, VECTOR);
    add("start_timestamp", VECTOR, 0, true, VECTOR);
    add("min_of", SCALAR, 0, true, SCALAR, SCALAR);
    add("max_of", SCALAR, 0, true, SCALAR, SCALAR);
    for (String name : List.of("start", "end", "step", "range")) {
      add(name, SCALAR, 0, true);
    }
  }

  public Signature {
    arguments = List.copyOf(arguments);
  }

  private static void each(List<String> names, ValueType argument) {
    names.forEach(name -> add(name, VECTOR, 0, false, argument));
  }

  private static void add(
      String name, ValueType returns, int variadic, boolean experimental, ValueType... arguments) {
    ALL.put(name, new Signature(name, List.of(arguments), variadic, returns, experimental));
  }

  /// Every function by its name, sorted.
  public static Map<String, Signature> all() {
    return Collections.unmodifiableMap(ALL);
  }

  /// The fewest arguments.
  int least() {
    return variadic == 0 ? arguments.size() : arguments.size() - 1;
  }

  /// The most arguments.
  int most() {
    return variadic < 0 ? Integer.MAX_VALUE : least() + variadic;
  }

  /// The type of an argument, when the function takes that many.
  ValueType argument(int index) {
    return arguments.get(Math.min(index, arguments.size() - 1));
  }
}
