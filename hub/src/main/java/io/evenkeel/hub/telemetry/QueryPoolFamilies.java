package io.evenkeel.hub.telemetry;

import io.evenkeel.hub.work.FairPool;
import java.util.List;

/// How busy the threads are that answer queries from outside, as metrics.
public final class QueryPoolFamilies implements Family.Source {
  private final FairPool pool;

  public QueryPoolFamilies(FairPool pool) {
    this.pool = pool;
  }

  @Override
  public List<Family> families() {
    FairPool.Figures now = pool.figures();
    return List.of(
        Family.gauge("evenkeel_queries_running", "Queries being evaluated.", now.running()),
        Family.gauge(
            "evenkeel_queries_waiting", "Queries that wait for their turn.", now.waiting()),
        Family.counter(
            "evenkeel_queries_refused_total",
            "Queries refused because too many waited already.",
            now.refused()),
        Family.counter(
            "evenkeel_queries_abandoned_total",
            "Queries given up because their caller went away.",
            now.abandoned()));
  }
}
