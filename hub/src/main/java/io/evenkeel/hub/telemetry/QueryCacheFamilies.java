package io.evenkeel.hub.telemetry;

import io.evenkeel.model.MetricType;
import io.evenkeel.promql.cache.ResultCache;
import java.util.List;

/// How the cache of answers to range queries fares, as metrics.
public final class QueryCacheFamilies implements Family.Source {
  private final ResultCache cache;

  public QueryCacheFamilies(ResultCache cache) {
    this.cache = cache;
  }

  @Override
  public List<Family> families() {
    ResultCache.Figures now = cache.figures();
    return List.of(
        Family.builder(
                "evenkeel_query_cache_steps_total",
                MetricType.COUNTER,
                "Steps of range queries, by whether they were in the cache (hit) or computed"
                    + " (miss).")
            .add(now.cachedSteps(), "result", "hit")
            .add(now.computedSteps(), "result", "miss")
            .build(),
        Family.counter(
            "evenkeel_query_cache_outdated_total",
            "Cached pieces of answers thrown away because samples came late or were deleted.",
            now.outdated()),
        Family.gauge(
            "evenkeel_query_cache_pieces", "Pieces of answers in the cache.", now.pieces()),
        Family.gauge("evenkeel_query_cache_bytes", "Memory that they take, about.", now.bytes()));
  }
}
