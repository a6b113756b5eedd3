package io.evenkeel.hub.chart;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A chart's lines. Times are epoch milliseconds.
///
/// @param from the range's begin as it was asked
/// @param to the range's end as it was asked
/// @param stepMillis the length of a bucket
/// @param resolutionMillis the distance of the evaluations inside a bucket
/// @param times one entry per bucket
/// @param results one entry per query, in their order
public record ChartAnswer(
    long from,
    long to,
    long stepMillis,
    long resolutionMillis,
    long[] times,
    List<Result> results) {
  public ChartAnswer {
    results = List.copyOf(results);
  }

  /// The lines of one query.
  public record Result(
      String id, @Nullable Failure error, List<ChartSeries> series, List<String> warnings) {
    public Result {
      series = List.copyOf(series);
      warnings = List.copyOf(warnings);
    }
  }

  /// Why a query has no lines.
  ///
  /// @param position where in the expression, from 0; null when it is not about a place
  public record Failure(String message, @Nullable Integer position) {}
}
