package io.evenkeel.promql.eval;

import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryRequest;
import java.time.Duration;

/// What one evaluation may still spend; every loop over data asks it now and then.
final class Budget {
  private final QueryLimits limits;
  private final QueryRequest request;
  private final long deadlineNanos;
  private final Duration timeout;
  private long samples;

  Budget(QueryLimits limits, QueryRequest request) {
    this.limits = limits;
    this.request = request;
    this.timeout =
        request
            .timeout()
            .filter(asked -> asked.compareTo(limits.timeout()) < 0)
            .orElse(limits.timeout());
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
  }

  /// Counts samples that were read or made.
  void spend(long count) {
    samples += count;
    if (samples > limits.maxSamples()) {
      throw new QueryException.Failed(
          "query processing would load too many samples into memory in query execution");
    }
    if (request.cancelled().getAsBoolean()) {
      throw new QueryException.Cancelled();
    }
    if (System.nanoTime() - deadlineNanos > 0) {
      throw new QueryException.TimedOut(
          "query timed out in expression evaluation after " + timeout.toMillis() + " ms");
    }
  }

  /// Refuses a selector that finds too many series.
  void series(int count) {
    if (count > limits.maxSeries()) {
      throw new QueryException.Failed(
          "a selector of the query finds "
              + count
              + " series, at most "
              + limits.maxSeries()
              + " are evaluated; add matchers");
    }
  }

  long samples() {
    return samples;
  }
}
