package io.evenkeel.hub.alert;

import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Text;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Suggests a threshold for a rule that says too much: the nearest one with which it would have
/// fired in the last seven days no more often than somebody acknowledged it, but once at least.
/// Safe for use by many threads.
public final class ThresholdAdvice {
  private static final MathContext DIGITS = new MathContext(3, RoundingMode.HALF_UP);
  private static final int MOST_CANDIDATES = 100;

  private final QueryEngine queries;
  private final CpuPool pool;
  private final InstantSource clock;

  /// How often a rule would have fired in seven days, now and with another threshold.
  ///
  /// @param suggested null when the threshold is quiet enough as it is
  public record Suggestion(
      String operator,
      double threshold,
      int times,
      @Nullable Double suggested,
      int suggestedTimes) {}

  public ThresholdAdvice(QueryEngine queries, CpuPool pool, InstantSource clock) {
    this.queries = queries;
    this.pool = pool;
    this.clock = clock;
  }

  /// @param acknowledged how often somebody cared in the last seven days
  public Outcome<Suggestion> of(AlertRule rule, int acknowledged) throws Exception {
    Optional<ExpressionScope.Split> split = ExpressionScope.split(rule.expression());
    String[] words = split.map(ExpressionScope.Split::condition).orElse("").split(" ", 2);
    if (words.length < 2 || !List.of(">", ">=", "<", "<=").contains(words[0])) {
      return Outcome.invalid(
          "id", Text.of("This rule has no threshold that could be moved.", "该规则没有可调整的阈值。"));
    }
    double threshold;
    try {
      threshold = Double.parseDouble(words[1]);
    } catch (NumberFormatException e) {
      return Outcome.invalid(
          "id",
          Text.of(
              "The threshold '" + words[1] + "' is no plain number.",
              "阈值“" + words[1] + "”不是单纯的数字。"));
    }
    long to = clock.millis();
    QueryRequest request =
        QueryRequest.range(
                split.orElseThrow().signal(),
                to - RulePreview.OVER.toMillis(),
                to,
                RulePreview.STEP.toMillis())
            .withCancelled(() -> Thread.currentThread().isInterrupted());
    try {
      return pool.compute(() ->
          Outcome.done(
              queries.query(request).value() instanceof Value.RangeVector(var series)
                  ? new History(rule, words[0], series).advise(threshold, acknowledged)
                  : new Suggestion(words[0], threshold, 0, null, 0)));
    } catch (QueryException e) {
      return Outcome.invalid(
          "expression", Text.of(String.valueOf(e.getMessage()), "表达式无法求值：" + e.getMessage()));
    }
  }

  /// What the rule measured.
  private record History(AlertRule rule, String operator, List<Value.MatrixSeries> series) {
    Suggestion advise(double threshold, int acknowledged) {
      int times = times(threshold);
      int wanted = Math.max(1, acknowledged);
      if (times <= wanted) {
        return new Suggestion(operator, threshold, times, null, times);
      }
      double best = threshold;
      int bestTimes = times;
      for (double candidate : candidates(threshold)) {
        int then = times(candidate);
        if (then >= 1 && then < bestTimes) {
          best = candidate;
          bestTimes = then;
          if (then <= wanted) {
            break;
          }
        }
      }
      return new Suggestion(
          operator, threshold, times, best == threshold ? null : Double.valueOf(best), bestTimes);
    }

    private boolean isUpward() {
      return operator.startsWith(">");
    }

    /// Thresholds further out, the nearest first: quantiles of what crossed the present one.
    private List<Double> candidates(double threshold) {
      TreeSet<Double> crossed = new TreeSet<>();
      for (Value.MatrixSeries one : series) {
        for (int i = 0; i < one.times().length; i++) {
          double value = one.values()[i];
          if (Double.isFinite(value) && beats(value, threshold)) {
            crossed.add(new BigDecimal(value).round(DIGITS).doubleValue());
          }
        }
      }
      List<Double> sorted = List.copyOf(isUpward() ? crossed : crossed.descendingSet());
      int stride = Math.max(1, sorted.size() / MOST_CANDIDATES);
      return IntStream.range(0, sorted.size())
          .filter(i -> i % stride == 0 || i == sorted.size() - 1)
          .mapToObj(sorted::get)
          .filter(candidate -> beats(candidate, threshold))
          .toList();
    }

    private int times(double threshold) {
      int times = 0;
      for (Value.MatrixSeries one : series) {
        long[] in =
            IntStream.range(0, one.times().length)
                .filter(i -> beats(one.values()[i], threshold))
                .mapToLong(i -> one.times()[i])
                .toArray();
        times += in.length == 0 ? 0 : RulePreview.runs(rule, one.labels(), in).size();
      }
      return times;
    }

    private boolean beats(double value, double threshold) {
      return switch (operator) {
        case ">" -> value > threshold;
        case ">=" -> value >= threshold;
        case "<" -> value < threshold;
        case "<=" -> value <= threshold;
        default -> throw new IllegalArgumentException(operator);
      };
    }
  }
}
