package io.evenkeel.hub.alert;

import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.Text;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// How often a rule would have fired, before it is kept. Safe for use by many threads.
public final class RulePreview {
  static final Duration OVER = Duration.ofDays(7);
  static final Duration STEP = Duration.ofMinutes(2);
  private static final int MOST_RUNS = 500;

  private final QueryEngine queries;
  private final CpuPool pool;
  private final InstantSource clock;

  /// Times are epoch milliseconds.
  ///
  /// @param times how often it would have fired
  /// @param stepMillis how finely the past was looked at: what was shorter is not seen
  /// @param signal what to draw
  /// @param runs when it would have fired
  public record Preview(
      int times, long from, long to, long stepMillis, String signal, List<Run> runs) {}

  /// One alert from its firing to its end.
  public record Run(Map<String, String> labels, long from, long to) {}

  public RulePreview(QueryEngine queries, CpuPool pool, InstantSource clock) {
    this.queries = queries;
    this.pool = pool;
    this.clock = clock;
  }

  /// Evaluates a rule over the last seven days.
  public Outcome<Preview> of(AlertRule rule) throws Exception {
    long to = clock.millis();
    long from = to - OVER.toMillis();
    try {
      Value value =
          pool.compute(() ->
              queries
                  .query(
                      QueryRequest.range(rule.expression(), from, to, STEP.toMillis())
                          .withCancelled(() -> Thread.currentThread().isInterrupted()))
                  .value());
      List<Run> runs = new ArrayList<>();
      if (value instanceof Value.RangeVector(List<Value.MatrixSeries> series)) {
        series.forEach(one -> runs.addAll(runs(rule, one.labels(), one.times())));
      }
      runs.sort(Comparator.comparingLong(Run::from));
      return Outcome.done(
          new Preview(
              runs.size(),
              from,
              to,
              STEP.toMillis(),
              AlertEngine.signalOf(rule),
              runs.subList(0, Math.min(runs.size(), MOST_RUNS))));
    } catch (QueryException e) {
      return Outcome.invalid(
          "expression", Text.of(String.valueOf(e.getMessage()), "表达式无法求值：" + e.getMessage()));
    }
  }

  /// The alerts that a series makes which is in a rule's result at some times of the step.
  static List<Run> runs(AlertRule rule, Labels labels, long[] times) {
    List<Run> runs = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i <= times.length; i++) {
      boolean goesOn =
          i < times.length
              && times[i] - times[i - 1] <= STEP.toMillis() + rule.keepFiring().toMillis();
      if (!goesOn) {
        long fires = times[begin] + rule.hold().toMillis();
        if (fires <= times[i - 1]) {
          runs.add(new Run(labels.toMap(), fires, times[i - 1]));
        }
        begin = i;
      }
    }
    return runs;
  }
}
