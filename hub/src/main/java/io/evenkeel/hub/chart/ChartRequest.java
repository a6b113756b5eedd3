package io.evenkeel.hub.chart;

import java.util.List;

/// What a chart wants to show.
///
/// @param from the range's begin, epoch milliseconds
/// @param to the range's end, epoch milliseconds
/// @param maxPoints how many points a line may have: two a pixel at most
/// @param queries one line or more each
public record ChartRequest(long from, long to, int maxPoints, List<Query> queries) {
  public ChartRequest {
    queries = List.copyOf(queries);
  }

  /// One expression.
  ///
  /// @param id the asker's name for it
  /// @param expr PromQL, in which `$window` stands for a duration that fits the resolution
  public record Query(String id, String expr) {}
}
