package io.evenkeel.promql.parse;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a function takes and answers.
///
/// @param arguments the types of its arguments; with `optional` > 0 the last ones may be left out
/// @param optional how many arguments may be left out at the end; −1 when the last may repeat
public record Signature(String name, List<ValueType> arguments, int optional, ValueType returns) {
  private static final Map<String, Signature> ALL = new TreeMap<>();

  static {
    ValueType scalar = ValueType.SCALAR;
    ValueType vector = ValueType.VECTOR;
    ValueType matrix = ValueType.MATRIX;
    ValueType string = ValueType.STRING;
    for (String name :
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
            "absent")) {
      add(name, vector, 0, vector);
    }
    for (String name :
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
            "first_over_time",
            "stddev_over_time",
            "stdvar_over_time",
            "mad_over_time",
            "present_over_time",
            "absent_over_time",
            "ts_of_min_over_time",
            "ts_of_max_over_time",
            "ts_of_first_over_time",
            "ts_of_last_over_time")) {
      add(name, vector, 0, matrix);
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
      add(name, vector, 1, vector);
    }
    add("time", scalar, 0);
    add("pi", scalar, 0);
    add("scalar", scalar, 0, vector);
    add("vector", vector, 0, scalar);
    add("round", vector, 1, vector, scalar);
    add("clamp", vector, 0, vector, scalar, scalar);
    add("clamp_min", vector, 0, vector, scalar);
    add("clamp_max", vector, 0, vector, scalar);
    add("predict_linear", vector, 0, matrix, scalar);
    add("double_exponential_smoothing", vector, 0, matrix, scalar, scalar);
    add("quantile_over_time", vector, 0, scalar, matrix);
    add("histogram_quantile", vector, 0, scalar, vector);
    add("label_replace", vector, 0, vector, string, string, string, string);
    add("label_join", vector, -1, vector, string, string, string);
    add("sort_by_label", vector, -1, vector, string);
    add("sort_by_label_desc", vector, -1, vector, string);
  }

  public Signature {
    arguments = List.copyOf(arguments);
  }

  private static void add(String name, ValueType returns, int optional, ValueType... arguments) {
    ALL.put(name, new Signature(name, List.of(arguments), optional, returns));
  }

  /// Every function by its name, sorted.
  public static Map<String, Signature> all() {
    return java.util.Collections.unmodifiableMap(ALL);
  }

  /// The fewest arguments.
  int least() {
    return optional < 0 ? arguments.size() - 1 : arguments.size() - optional;
  }

  /// The type of an argument, when the function takes that many.
  ValueType argument(int index) {
    return arguments.get(Math.min(index, arguments.size() - 1));
  }
}
