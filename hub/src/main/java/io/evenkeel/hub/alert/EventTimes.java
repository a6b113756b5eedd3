package io.evenkeel.hub.alert;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// When the samples came that changed what a timer's evaluation found: the product's own delay from
/// an event to its notification begins there, not at the evaluation. Pure but for the query; safe
/// for use by many threads.
final class EventTimes {
  private static final long FINEST_STEP_MILLIS = 1_000;
  private static final int MOST_STEPS = 60;

  private final QueryEngine queries;

  EventTimes(QueryEngine queries) {
    this.queries = queries;
  }

  /// Dates transitions that an evaluation at `now` found and one at `since` did not, by evaluating
  /// the rule at the seconds between; where that has no answer the change may be as old as `since`.
  List<Transition> date(AlertRule rule, List<Transition> transitions, long since, long now) {
    if (transitions.isEmpty() || since <= 0 || since >= now) {
      return transitions;
    }
    long from = since - rule.queryOffset().toMillis();
    boolean needsSamples =
        transitions.stream().anyMatch(one -> delay(one).isZero() && !isCleared(one));
    Map<Labels, long[]> times = needsSamples ? times(rule, from, now) : Map.of();
    List<Transition> dated = new ArrayList<>(transitions.size());
    for (Transition one : transitions) {
      dated.add(one.withEventAt(Math.clamp(eventAt(one, times, from), from, now)));
    }
    return dated;
  }

  private static long eventAt(Transition one, Map<Labels, long[]> times, long since) {
    AlertState state = one.state();
    if (isCleared(one)) {
      return since;
    }
    long delay = delay(one).toMillis();
    if (delay > 0) {
      return delay + (one.kind() == Transition.Kind.FIRED ? state.activeAt() : state.lastTrueAt());
    }
    long[] present = times.get(Evaluator.identity(one.rule(), state.labels()));
    if (present == null || present.length == 0) {
      return since;
    }
    return one.kind() == Transition.Kind.FIRED ? present[0] : present[present.length - 1];
  }

  /// How long a rule waits of its own before it lets an alert begin or end.
  private static Duration delay(Transition one) {
    return switch (one.kind()) {
      case FIRED -> one.rule().hold();
      case RESOLVED -> one.rule().keepFiring();
    };
  }

  private static boolean isCleared(Transition one) {
    return one.kind() == Transition.Kind.RESOLVED && one.rule().clear() != null;
  }

  private Map<Labels, long[]> times(AlertRule rule, long from, long now) {
    long to = now - rule.queryOffset().toMillis();
    long step = Math.max(FINEST_STEP_MILLIS, (to - from) / MOST_STEPS);
    long steps = (to - from) / step;
    Map<Labels, long[]> times = new HashMap<>();
    try {
      Value value =
          queries
              .query(
                  QueryRequest.range(rule.expression(), to - steps * step, to, step)
                      .withCancelled(() -> Thread.currentThread().isInterrupted()))
              .value();
      if (value instanceof Value.RangeVector(List<Value.MatrixSeries> series)) {
        series.forEach(one -> times.put(Evaluator.identity(rule, one.labels()), one.times()));
      }
    } catch (QueryException e) {
      // Only a figure depends on it, and the change counts as old as it can be.
      return Map.of();
    }
    return times;
  }
}
