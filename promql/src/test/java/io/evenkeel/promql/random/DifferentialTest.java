package io.evenkeel.promql.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a real Prometheus 2 and this engine the same made-up queries over the same samples. What
/// may differ is listed in docs/promql-differences.md, and only that.
class DifferentialTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long STEP = 53_000;

  @TempDir Path folder;

  /// Answers of one kind.
  private record Answer(Optional<String> error, Map<Labels, TreeMap<Long, Double>> series) {
    /// What the other answer has not.
    Answer without(Answer other) {
      Map<Labels, TreeMap<Long, Double>> own = new LinkedHashMap<>(series);
      own.entrySet().removeAll(other.series.entrySet());
      return new Answer(error, own);
    }
  }

  /// Why an answer may differ.
  private enum Difference {
    NONE,
    /// Sums, powers and logarithms that differ by less than 1e-4.
    ROUNDING,
    /// The remainder, the angle or the next whole number of a number whose last digits differ.
    AMPLIFIED_ROUNDING,
    /// Which of several equal values topk and bottomk keep.
    TIES,
    /// Prometheus 2 removes names at once and meets equal series in between.
    DELAYED_NAME_REMOVAL,
    /// Prometheus 3 finds a wrong match even where the comparison does not hold.
    MATCH_BEFORE_FILTER,
    /// atan2 kept the metric's name in Prometheus 2.
    ATAN2_NAME,
    /// A moment that no calendar has is NaN here, and a day of some year there.
    CALENDAR_OF_NO_TIME,
    /// Prometheus 2 gives predict_linear of a fixed window only at the first step.
    PREDICTION_AT_FIXED_TIME,
    /// Prometheus 2 looks for the zero of a counter before it gives up at a gap, here of what is no
    /// counter and crosses zero.
    EXTRAPOLATION_TO_ZERO,
    /// Of a single NaN or infinity the variance was 0; of an overflowing sum it, or a line's slope,
    /// was NaN.
    VARIANCE_OF_NO_NUMBER,
    /// timestamp() overlooks an offset beside @ in Prometheus.
    TIMESTAMP_AT_OFFSET,
    /// Steps of a subquery inside of another lie on the ends of its windows, which Prometheus 2
    /// counts on the left too.
    LEFT_END,
    /// Go's exponential, written in assembly, overflows from 1023.5 ln 2 on, a little before
    /// doubles end.
    EXPONENTIAL_NEAR_ITS_END,
    UNEXPLAINED
  }

  private static final class Tally {
    final Map<Difference, Integer> counts = new TreeMap<>();
    final List<String> unexplained = new ArrayList<>();
    int answered;
  }

  @Test
  void some_queries_give_what_prometheus_gives() throws Exception {
    compare(20261125, 300);
  }

  @Test
  @Tag("long")
  void twelve_thousand_queries_give_what_prometheus_gives() throws Exception {
    compare(Long.getLong("promql.seed", 42), Integer.getInteger("promql.queries", 12_000));
  }

  private void compare(long seed, int queries) throws Exception {
    assumeThat(PrometheusPeer.isInstalled()).as("prometheus and promtool are installed").isTrue();
    Random random = new Random(seed);
    List<RandomSamples.Numbers> samples = RandomSamples.numbers(random);
    // Some hours into a day, on a whole multiple of every step.
    long shift = 1_700_006_400_000L;
    MemoryStore store = new MemoryStore();
    assertThat(store.append(RandomSamples.batch(samples, shift, false)).refused()).isZero();
    QueryEngine engine = new QueryEngine(store, QueryLimits.DEFAULT);
    RandomQueries made = new RandomQueries(random, RandomSamples.METRICS, true);
    Tally tally = new Tally();
    try (PrometheusPeer peer = PrometheusPeer.start(folder, samples, shift)) {
      for (int i = 0; i < queries; i++) {
        String query = intoTheHour(made.next(), shift);
        long time =
            shift
                + random.nextInt((int) RandomSamples.END / 1_000) * 1_000L
                + 700
                + random.nextInt(300);
        boolean range = random.nextBoolean();
        long end = range ? time + 6 * STEP : time;
        Answer theirs =
            theirs(range ? peer.range(query, time, end, STEP) : peer.instant(query, time), time);
        Function<String, Answer> ask =
            text ->
                ours(
                    engine,
                    range
                        ? QueryRequest.range(text, time, end, STEP)
                        : QueryRequest.instant(text, time));
        Answer ours = ask.apply(query);
        Difference difference = difference(query, ours, theirs, ask);
        tally.counts.merge(difference, 1, Integer::sum);
        tally.answered += ours.series.isEmpty() ? 0 : 1;
        if (difference == Difference.UNEXPLAINED) {
          tally.unexplained.add(
              "%s at %d%s%n   ours   %s%n   theirs %s"
                  .formatted(
                      query,
                      time,
                      range ? " range" : "",
                      cut(ours.without(theirs)),
                      cut(theirs.without(ours))));
        }
      }
    }
    System.out.printf(
        "%d queries, seed %d, %d with data: %s%n", queries, seed, tally.answered, tally.counts);
    assertThat(tally.unexplained).isEmpty();
  }

  /// Moves the times of `@` modifiers to where the samples are.
  private static String intoTheHour(String query, long shift) {
    return Pattern.compile("@ (\\d+)\\.")
        .matcher(query)
        .replaceAll(at -> "@ " + (shift / 1_000 + Long.parseLong(at.group(1))) + ".");
  }

  private static String cut(Answer answer) {
    String text = answer.toString();
    return text.length() > 600 ? text.substring(0, 600) : text;
  }

  private static Answer ours(QueryEngine engine, QueryRequest request) {
    Map<Labels, TreeMap<Long, Double>> series = new LinkedHashMap<>();
    try {
      switch (engine.query(request).value()) {
        case Value.Scalar scalar ->
            put(series, Labels.empty(), request.startMillis(), scalar.value());
        case Value.Text text -> {}
        case Value.InstantVector vector ->
            vector
                .samples()
                .forEach(sample ->
                    put(series, sample.labels(), sample.timestampMillis(), sample.value()));
        case Value.RangeVector matrix -> {
          for (Value.MatrixSeries one : matrix.series()) {
            for (int i = 0; i < one.times().length; i++) {
              put(series, one.labels(), one.times()[i], one.values()[i]);
            }
          }
        }
      }
      return new Answer(Optional.empty(), series);
    } catch (QueryException e) {
      return new Answer(Optional.of(String.valueOf(e.getMessage())), series);
    }
  }

  private static void put(
      Map<Labels, TreeMap<Long, Double>> series, Labels labels, long time, double value) {
    series.computeIfAbsent(labels, key -> new TreeMap<>()).put(time, value);
  }

  private static Answer theirs(String body, long time) {
    JsonNode json = JSON.readTree(body);
    Map<Labels, TreeMap<Long, Double>> series = new LinkedHashMap<>();
    if (!json.get("status").stringValue().equals("success")) {
      return new Answer(Optional.of(json.get("error").stringValue()), series);
    }
    JsonNode data = json.get("data");
    JsonNode result = data.get("result");
    if (data.get("resultType").stringValue().equals("scalar")) {
      put(series, Labels.empty(), time, number(result.get(1)));
      return new Answer(Optional.empty(), series);
    }
    for (JsonNode one : result) {
      Labels.Builder labels = new Labels.Builder();
      one.get("metric")
          .properties()
          .forEach(label -> labels.set(label.getKey(), label.getValue().stringValue()));
      Iterable<JsonNode> points = one.has("values") ? one.get("values") : List.of(one.get("value"));
      for (JsonNode point : points) {
        put(
            series,
            labels.build(),
            Math.round(point.get(0).doubleValue() * 1000),
            number(point.get(1)));
      }
    }
    return new Answer(Optional.empty(), series);
  }

  private static double number(JsonNode text) {
    return switch (text.stringValue()) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text.stringValue());
    };
  }

  /// @param ask asks our engine another query at the same times
  private static Difference difference(
      String query, Answer ours, Answer theirs, Function<String, Answer> ask) {
    if (ours.error.isPresent() && theirs.error.isPresent()) {
      return Difference.NONE;
    }
    if (theirs.error.filter(error -> error.contains("same labelset")).isPresent()) {
      return Difference.DELAYED_NAME_REMOVAL;
    }
    // Series of two metrics become equal there as soon as an operator has dropped their names.
    if (theirs.error.filter(error -> error.contains("must ensure unique matches")).isPresent()
        && query.contains("__name__=~")) {
      return Difference.DELAYED_NAME_REMOVAL;
    }
    if (ours.error.filter(error -> error.contains("multiple matches for labels")).isPresent()
        && query.matches("(?s).*( > | < | == | != | <= ).*")) {
      return Difference.MATCH_BEFORE_FILTER;
    }
    if (ours.error.filter(error -> error.contains("multiple matches for labels")).isPresent()
        && query.contains("atan2")) {
      return Difference.ATAN2_NAME;
    }
    if (ours.error.filter(error -> error.contains("multiple matches for labels")).isPresent()
        && theirs.series.isEmpty()
        && query.matches("(?s).*predict_linear.* @ .*")) {
      return Difference.PREDICTION_AT_FIXED_TIME;
    }
    Optional<String> anyError = ours.error.or(() -> theirs.error);
    if (anyError.filter(error -> error.contains("found duplicate series")).isPresent()
        && query.matches("(?s).*(topk|bottomk).*")) {
      return Difference.TIES;
    }
    if (ours.error.isPresent() || theirs.error.isPresent()) {
      return Difference.UNEXPLAINED;
    }
    Optional<Difference> alike = alike(ours.series, theirs.series);
    if (alike.isPresent()) {
      return alike.get();
    }
    if (query.contains("atan2")
        && alike(unnamed(ours.series), unnamed(theirs.series)).isPresent()) {
      return Difference.ATAN2_NAME;
    }
    if (query.contains("count_values")
        && alike(roundedLabels(ours.series), roundedLabels(theirs.series)).isPresent()) {
      return Difference.ROUNDING;
    }
    if (query.matches("(?s).*(exp|sinh|cosh)\\(.*") && isHuge(ours) && isInfinite(theirs)) {
      return Difference.EXPONENTIAL_NEAR_ITS_END;
    }
    // What counts such values shows none of them, so the largest that is no infinity is asked for
    // in
    // its place.
    String counting = "(changes|resets)(\\(+)((exp|sinh|cosh)\\()";
    if (query.matches("(?s).*" + counting + ".*")
        && (isHuge(ask.apply(query.replaceAll(counting, "max_over_time$2$3")))
            || isHuge(ask.apply(query.replaceAll(counting, "max_over_time$2Inf > $3"))))) {
      return Difference.EXPONENTIAL_NEAR_ITS_END;
    }
    if (query.contains("topk") || query.contains("bottomk")) {
      return Difference.TIES;
    }
    if (query.contains("predict_linear") && query.contains(" @ ")) {
      return Difference.PREDICTION_AT_FIXED_TIME;
    }
    if (query.matches("(?s).*(minute|hour|day_of_\\w+|days_in_month|month|year)\\(.*")) {
      return Difference.CALENDAR_OF_NO_TIME;
    }
    if (query.matches("(?s).*(rate|increase)\\([^\\[]*(level|temperature|count|group).*")) {
      return Difference.EXTRAPOLATION_TO_ZERO;
    }
    if (query.contains("stdvar") || query.contains("stddev")) {
      return Difference.VARIANCE_OF_NO_NUMBER;
    }
    if (query.matches("(?s).*(predict_linear|deriv)\\(.*")
        && isInfinite(ours)
        && numbers(theirs).anyMatch(Double::isNaN)) {
      return Difference.VARIANCE_OF_NO_NUMBER;
    }
    if (query.matches("(?s).*timestamp\\(.* @ .* offset .*")) {
      return Difference.TIMESTAMP_AT_OFFSET;
    }
    if (query.matches("(?s).*\\[[^\\]]*:[^\\]]*\\].*\\[[^\\]]*:[^\\]]*\\].*")) {
      return Difference.LEFT_END;
    }
    boolean remainder =
        query.contains(" % ") && query.matches("(?s).*( \\^ |exp|sinh|cosh|tan|sum|avg).*");
    boolean angle = query.matches("(?s).*(sin|cos|tan)\\(.*( \\^ |exp|sinh|cosh).*");
    boolean whole = query.matches("(?s).*(ceil|floor|round)\\(.*") && apartByOne(ours, theirs);
    return remainder || angle || whole ? Difference.AMPLIFIED_ROUNDING : Difference.UNEXPLAINED;
  }

  /// How far two answers agree; nothing when they do not.
  private static Optional<Difference> alike(
      Map<Labels, TreeMap<Long, Double>> ours, Map<Labels, TreeMap<Long, Double>> theirs) {
    boolean rounded = false;
    if (!ours.keySet().equals(theirs.keySet())) {
      return Optional.empty();
    }
    for (Map.Entry<Labels, TreeMap<Long, Double>> entry : theirs.entrySet()) {
      TreeMap<Long, Double> own = ours.getOrDefault(entry.getKey(), new TreeMap<>());
      if (!own.keySet().equals(entry.getValue().keySet())) {
        return Optional.empty();
      }
      for (Map.Entry<Long, Double> point : entry.getValue().entrySet()) {
        double value = own.getOrDefault(point.getKey(), Double.NaN);
        if (!close(value, point.getValue(), 1e-4)) {
          return Optional.empty();
        }
        rounded |= !close(value, point.getValue(), 1e-9);
      }
    }
    return Optional.of(rounded ? Difference.ROUNDING : Difference.NONE);
  }

  private static boolean apartByOne(Answer ours, Answer theirs) {
    return ours.series.keySet().equals(theirs.series.keySet())
        && theirs.series.entrySet().stream()
            .allMatch(entry ->
                apartByOne(
                    ours.series.getOrDefault(entry.getKey(), new TreeMap<>()), entry.getValue()));
  }

  private static boolean apartByOne(TreeMap<Long, Double> ours, TreeMap<Long, Double> theirs) {
    return ours.keySet().equals(theirs.keySet())
        && theirs.entrySet().stream()
            .allMatch(point -> {
              double own = ours.getOrDefault(point.getKey(), Double.NaN);
              return close(own, point.getValue(), 1e-9) || Math.abs(own - point.getValue()) == 1;
            });
  }

  private static Map<Labels, TreeMap<Long, Double>> unnamed(
      Map<Labels, TreeMap<Long, Double>> series) {
    Map<Labels, TreeMap<Long, Double>> unnamed = new LinkedHashMap<>();
    series.forEach((labels, points) ->
        unnamed
            .computeIfAbsent(labels.without(List.of("__name__")), key -> new TreeMap<>())
            .putAll(points));
    return unnamed;
  }

  /// Values that have become labels, to nine digits.
  private static Map<Labels, TreeMap<Long, Double>> roundedLabels(
      Map<Labels, TreeMap<Long, Double>> series) {
    Map<Labels, TreeMap<Long, Double>> rounded = new LinkedHashMap<>();
    series.forEach((labels, points) -> {
      String value = labels.valueOrEmpty("v");
      Labels changed =
          value.matches("-?[0-9.]+")
              ? labels.with("v", "%.8e".formatted(Double.parseDouble(value)))
              : labels;
      TreeMap<Long, Double> sums = rounded.computeIfAbsent(changed, key -> new TreeMap<>());
      points.forEach((time, count) -> sums.merge(time, count, Double::sum));
    });
    return rounded;
  }

  /// Whether a value, or a label made of one, is among the last before doubles end.
  private static boolean isHuge(Answer answer) {
    return numbers(answer).anyMatch(value -> Math.abs(value) > 6e307 && Double.isFinite(value));
  }

  private static boolean isInfinite(Answer answer) {
    return numbers(answer).anyMatch(Double::isInfinite);
  }

  private static DoubleStream numbers(Answer answer) {
    return answer.series.entrySet().stream()
        .flatMapToDouble(entry -> {
          String label = entry.getKey().valueOrEmpty("v");
          return DoubleStream.concat(
              entry.getValue().values().stream().mapToDouble(Double::doubleValue),
              label.endsWith("Inf")
                  ? DoubleStream.of(Double.POSITIVE_INFINITY)
                  : label.matches("-?[0-9.]+")
                      ? DoubleStream.of(Double.parseDouble(label))
                      : DoubleStream.empty());
        });
  }

  private static boolean close(double a, double b, double relative) {
    if (Double.compare(a, b) == 0 || a == b) {
      return true;
    }
    // What is left of a difference of equal things depends on how it was added up.
    return Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b))
        || Math.abs(a - b) < 1e-7 * (relative > 1e-6 ? 1 : 0);
  }
}
