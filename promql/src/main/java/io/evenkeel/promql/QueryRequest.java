package io.evenkeel.promql;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A query and when it is to be evaluated. Times are epoch milliseconds.
///
/// @param expression the text
/// @param startMillis the first evaluation
/// @param endMillis the last evaluation is not later
/// @param stepMillis between evaluations; 0 for an instant query
/// @param lookback instead of the engine's own
/// @param timeout shorter than the engine's own
/// @param cancelled asked now and then whether to go on
public record QueryRequest(
    String expression,
    long startMillis,
    long endMillis,
    long stepMillis,
    Optional<Duration> lookback,
    Optional<Duration> timeout,
    BooleanSupplier cancelled) {

  /// A query at one time.
  public static QueryRequest instant(String expression, long timeMillis) {
    return new QueryRequest(
        expression, timeMillis, timeMillis, 0, Optional.empty(), Optional.empty(), () -> false);
  }

  /// A query at regular times.
  public static QueryRequest range(
      String expression, long startMillis, long endMillis, long stepMillis) {
    return new QueryRequest(
        expression,
        startMillis,
        endMillis,
        stepMillis,
        Optional.empty(),
        Optional.empty(),
        () -> false);
  }

  /// This request with another look-back.
  public QueryRequest withLookback(Optional<Duration> other) {
    return new QueryRequest(
        expression, startMillis, endMillis, stepMillis, other, timeout, cancelled);
  }

  /// This request with another time-out.
  public QueryRequest withTimeout(Optional<Duration> other) {
    return new QueryRequest(
        expression, startMillis, endMillis, stepMillis, lookback, other, cancelled);
  }

  /// This request, to be given up when somebody says so.
  public QueryRequest withCancelled(BooleanSupplier other) {
    return new QueryRequest(
        expression, startMillis, endMillis, stepMillis, lookback, timeout, other);
  }

  /// Whether it asks for one time only.
  public boolean isInstant() {
    return stepMillis == 0;
  }
}
