package io.evenkeel.promql;

import java.time.Duration;

/// How much one query may cost, and how many may run.
///
/// @param timeout how long it may take, waiting for its turn included
/// @param maxSamples how many samples it may touch
/// @param maxSeries how many series a selector may find
/// @param maxPoints how many points a series of a range query may have
/// @param maxMemoryBytes about how much memory its intermediate results may take
/// @param maxConcurrent how many queries may be evaluated at the same time; others wait
/// @param lookback how far back an instant selector looks for a sample, when the query does not say
/// @param subqueryStep the step of a subquery that does not say
public record QueryLimits(
    Duration timeout,
    long maxSamples,
    int maxSeries,
    int maxPoints,
    long maxMemoryBytes,
    int maxConcurrent,
    Duration lookback,
    Duration subqueryStep) {
  /// Of so many bytes of the heap one series may be found by a selector: rules look at every
  /// processor of every server.
  private static final long HEAP_PER_SERIES = 8 << 10;

  /// The defaults, by the heap's size; points, look-back and step are Prometheus's.
  public static final QueryLimits DEFAULT =
      new QueryLimits(
          Duration.ofSeconds(30),
          50_000_000,
          (int) Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_PER_SERIES, 20_000, 5_000_000),
          11_000,
          Math.max(16 << 20, Runtime.getRuntime().maxMemory() / 6),
          20,
          Duration.ofMinutes(5),
          Duration.ofMinutes(1));

  /// How much memory the intermediate results of all queries may take together: that of two.
  public long maxMemoryBytesTogether() {
    return 2 * maxMemoryBytes;
  }

  /// With another time and number of samples.
  public QueryLimits costing(Duration time, long samples) {
    return new QueryLimits(
        time, samples, maxSeries, maxPoints, maxMemoryBytes, maxConcurrent, lookback, subqueryStep);
  }

  /// With another amount of memory for one query.
  public QueryLimits holding(long memoryBytes) {
    return new QueryLimits(
        timeout,
        maxSamples,
        maxSeries,
        maxPoints,
        memoryBytes,
        maxConcurrent,
        lookback,
        subqueryStep);
  }

  /// How long a query may take: what it asks for, but not more than allowed.
  public Duration timeoutOf(QueryRequest request) {
    return request.timeout().filter(asked -> asked.compareTo(timeout) < 0).orElse(timeout);
  }
}
