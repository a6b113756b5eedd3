package io.evenkeel.promql.random;

import java.util.List;
import java.util.Random;

/// Makes up queries that are well typed. Two dialects: the one that Prometheus 2.42 has too, and
/// the whole language.
public final class RandomQueries {
  private static final List<String> MATH =
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
          "minute",
          "hour",
          "day_of_week",
          "day_of_month",
          "day_of_year",
          "days_in_month",
          "month",
          "year",
          "timestamp");
  private static final List<String> WINDOW =
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
          "present_over_time",
          "stddev_over_time",
          "stdvar_over_time");
  private static final List<String> NEW_WINDOW =
      List.of(
          "first_over_time",
          "mad_over_time",
          "ts_of_min_over_time",
          "ts_of_max_over_time",
          "ts_of_first_over_time",
          "ts_of_last_over_time");
  private static final List<String> AGGREGATIONS =
      List.of("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar");
  private static final List<String> LABELS = List.of("job", "instance", "mode", "le", "none");
  private static final List<String> DURATIONS =
      List.of("15s", "30s", "1m", "90s", "2m", "5m", "7m30s", "15m", "1h");

  private final Random random;
  private final List<String> metrics;
  private final boolean classic;

  /// @param metrics names to choose from
  /// @param classic whether only what Prometheus 2.42 knows is used
  public RandomQueries(Random random, List<String> metrics, boolean classic) {
    this.random = random;
    this.metrics = metrics;
    this.classic = classic;
  }

  private String pick(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /// A query of a vector or, now and then, a scalar.
  public String next() {
    return chance(8) ? scalar(2) : vector(1 + random.nextInt(3));
  }

  private String number() {
    return switch (random.nextInt(12)) {
      case 0 -> "0";
      case 1 -> "-1";
      case 2 -> "1e3";
      case 3 -> "0.5";
      case 4 -> "NaN";
      case 5 -> "Inf";
      case 6 -> "-Inf";
      case 7 -> "0x1F";
      default -> String.valueOf(random.nextInt(200) - 50);
    };
  }

  private String scalar(int depth) {
    if (depth == 0) {
      return number();
    }
    return switch (random.nextInt(classic ? 6 : 9)) {
      case 0 -> "time()";
      case 1 -> "scalar(" + vector(depth - 1) + ")";
      case 2 ->
          "("
              + scalar(depth - 1)
              + pick(List.of(" + ", " * ", " / ", " % ", " ^ ", " - "))
              + scalar(depth - 1)
              + ")";
      case 3 -> "-" + number();
      case 4 -> "(" + scalar(depth - 1) + " > bool " + scalar(depth - 1) + ")";
      case 6 -> "min_of(" + scalar(depth - 1) + ", " + scalar(depth - 1) + ")";
      case 7 -> pick(List.of("start()", "end()", "step()", "range()"));
      default -> number();
    };
  }

  /// A selector without modifiers.
  private String series() {
    String metric = pick(metrics);
    return switch (random.nextInt(9)) {
      case 0 -> metric + "{job=\"a\"}";
      case 1 -> metric + "{job!=\"a\"}";
      case 2 -> metric + "{instance=~\"i[0-3]\"}";
      case 3 -> metric + "{mode!~\"idle|x\"}";
      case 4 -> "{__name__=~\"" + metric + "|" + pick(metrics) + "\",job=\"b\"}";
      case 5 -> classic ? metric : "{\"" + metric + "\"}";
      default -> metric;
    };
  }

  private String modifiers() {
    return switch (random.nextInt(12)) {
      case 0 -> " offset " + pick(DURATIONS);
      case 1 -> " offset -" + pick(DURATIONS);
      case 2 -> " @ " + (1_000 + random.nextInt(3_000)) + "." + (700 + random.nextInt(300));
      case 3 -> " @ end()";
      case 4 -> " @ start() offset 1m";
      case 5 -> classic ? "" : " offset (" + pick(DURATIONS) + " * 2)";
      default -> "";
    };
  }

  private String window(int depth) {
    if (depth > 0 && chance(25)) {
      String step = chance(30) ? "" : pick(List.of("15s", "30s", "1m", "2m", "47s"));
      return "(" + vector(depth - 1) + ")[" + pick(DURATIONS) + ":" + step + "]" + modifiers();
    }
    String range = pick(DURATIONS);
    if (!classic && chance(10)) {
      range = pick(List.of("1m + 30s", "step() + 1m", "2 * 45", "max_of(step(), 1m)"));
    }
    String ends = !classic && chance(8) ? pick(List.of(" anchored", " smoothed")) : "";
    return series() + "[" + range + "]" + ends + modifiers();
  }

  private String grouping() {
    int count = random.nextInt(3);
    StringBuilder labels = new StringBuilder();
    for (int i = 0; i < count; i++) {
      labels.append(i == 0 ? "" : ", ").append(pick(LABELS));
    }
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> " without (" + labels + ") ";
      default -> " by (" + labels + ") ";
    };
  }

  private String vector(int depth) {
    if (depth == 0) {
      return series() + modifiers();
    }
    return switch (random.nextInt(15)) {
      case 0 -> pick(MATH) + "(" + vector(depth - 1) + ")";
      case 1, 2, 3 -> windowCall(depth);
      case 4, 5, 6 -> aggregation(depth);
      case 7, 8 -> matched(depth);
      case 9 ->
          vector(depth - 1)
              + pick(
                  List.of(
                      " + ", " - ", " * ", " / ", " % ", " ^ ", " > ", " <= bool ", " == ", " != "))
              + scalar(depth - 1);
      case 10 ->
          scalar(depth - 1)
              + pick(List.of(" + ", " - ", " * ", " / ", " < ", " >= bool "))
              + vector(depth - 1);
      case 11 -> special(depth);
      case 12 -> "-" + vector(depth - 1);
      case 13 -> "(" + vector(depth - 1) + ")";
      default -> classic ? series() + modifiers() : recent(depth);
    };
  }

  private String windowCall(int depth) {
    return switch (random.nextInt(8)) {
      case 0 ->
          "quantile_over_time("
              + pick(List.of("0.5", "0.9", "0", "1", "2", "-1"))
              + ", "
              + window(depth)
              + ")";
      case 1 -> "predict_linear(" + window(depth) + ", " + number() + ")";
      case 2 -> "absent_over_time(" + window(depth) + ")";
      default -> {
        boolean recent = !classic && chance(25);
        yield pick(recent ? NEW_WINDOW : WINDOW) + "(" + window(depth) + ")";
      }
    };
  }

  private String aggregation(int depth) {
    return switch (random.nextInt(8)) {
      case 0 -> "topk" + grouping() + "(" + random.nextInt(5) + ", " + vector(depth - 1) + ")";
      case 1 -> "bottomk" + grouping() + "(" + random.nextInt(5) + ", " + vector(depth - 1) + ")";
      case 2 ->
          "quantile"
              + grouping()
              + "("
              + pick(List.of("0.5", "0.25", "1", "0", "-1", "3"))
              + ", "
              + vector(depth - 1)
              + ")";
      case 3 -> "count_values" + grouping() + "(\"v\", " + vector(depth - 1) + ")";
      default -> pick(AGGREGATIONS) + grouping() + "(" + vector(depth - 1) + ")";
    };
  }

  private String matched(int depth) {
    String left = "(" + vector(depth - 1) + ")";
    String right = "(" + vector(depth - 1) + ")";
    if (chance(35)) {
      String on = chance(50) ? "" : " on (" + pick(LABELS) + ") ";
      return left + pick(List.of(" and ", " or ", " unless ")) + on + right;
    }
    String operator =
        pick(
            List.of(
                " + ", " - ", " * ", " / ", " > ", " == ", " < bool ", " % ", " ^ ", " atan2 "));
    String fill =
        !classic && chance(20)
            ? pick(List.of(" fill (0) ", " fill_left (1) ", " fill_right (NaN) "))
            : "";
    return switch (random.nextInt(6)) {
      case 0 -> left + operator + "on (job, instance, mode)" + fill + right;
      case 1 -> left + operator + "ignoring (mode)" + fill + right;
      case 2 -> "sum by (job) " + left + operator + "on (job)" + fill + " sum by (job) " + right;
      case 3 -> left + operator + "on (job) group_left ()" + fill + " sum by (job) " + right;
      case 4 ->
          "max by (job, instance) "
              + left
              + operator
              + "on (job, instance) group_right ()"
              + fill
              + right;
      default -> left + operator + fill + right;
    };
  }

  private String special(int depth) {
    String inner = vector(depth - 1);
    return switch (random.nextInt(11)) {
      case 0 -> "label_replace(" + inner + ", \"dst\", \"x-$1\", \"instance\", \"i(.*)\")";
      case 1 -> "label_join(" + inner + ", \"dst\", \"-\", \"job\", \"mode\")";
      case 2 -> "clamp(" + inner + ", " + number() + ", " + number() + ")";
      case 3 -> "clamp_min(" + inner + ", " + number() + ")";
      case 4 -> "clamp_max(" + inner + ", " + number() + ")";
      case 5 -> "round(" + inner + ", " + pick(List.of("1", "0.1", "5", "0.25")) + ")";
      case 6 -> "sort_desc(" + inner + ")";
      case 7 -> "absent(" + inner + ")";
      case 8 -> "vector(" + scalar(depth - 1) + ")";
      case 9 ->
          "histogram_quantile("
              + pick(List.of("0.5", "0.9", "0", "1", "2"))
              + ", rate(latency_bucket["
              + pick(DURATIONS)
              + "]))";
      default -> "histogram_quantile(0.9, sum by (le, job) (increase(latency_bucket[5m])))";
    };
  }

  private String recent(int depth) {
    String inner = vector(depth - 1);
    return switch (random.nextInt(14)) {
      case 0 -> "histogram_count(" + inner + ")";
      case 1 -> "histogram_sum(" + inner + ")";
      case 2 -> "histogram_avg(rate(native[5m]))";
      case 3 -> "histogram_quantile(0.9, " + inner + ")";
      case 4 -> "histogram_fraction(0, " + number() + ", " + inner + ")";
      case 5 -> "histogram_quantiles(" + inner + ", \"q\", 0.5, 0.9)";
      case 6 -> inner + pick(List.of(" </ ", " >/ ")) + number();
      case 7 -> "info(" + inner + ")";
      case 8 -> "limitk(2, " + inner + ")";
      case 9 -> "limit_ratio(" + pick(List.of("0.5", "-0.5", "1", "2")) + ", " + inner + ")";
      case 10 -> "sort_by_label(" + inner + ", \"instance\")";
      case 11 -> "start_timestamp(" + inner + ")";
      case 12 -> series() + " smoothed";
      default -> "histogram_stddev(" + inner + ")";
    };
  }
}
