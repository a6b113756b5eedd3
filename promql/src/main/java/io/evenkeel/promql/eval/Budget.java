package io.evenkeel.promql.eval;

import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryMemory;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.tsdb.storage.MemoryBudget;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// What one evaluation may still spend; every loop over data asks it now and then. Samples and time
/// may be spent by several threads, memory is accounted by the one that evaluates.
final class Budget {
  private final QueryLimits limits;
  private final QueryMemory memory;
  private final QueryRequest request;
  private final long deadlineNanos;
  private final Duration timeout;
  private final AtomicLong samples = new AtomicLong();
  private long heldBytes;

  Budget(QueryLimits limits, QueryMemory memory, QueryRequest request, long startNanos) {
    this.limits = limits;
    this.memory = memory;
    this.request = request;
    this.timeout = limits.timeoutOf(request);
    this.deadlineNanos = startNanos + timeout.toNanos();
  }

  /// Counts samples that were read or made.
  void spend(long count) {
    if (samples.addAndGet(count) > limits.maxSamples()) {
      throw new QueryException.Failed(
          "query processing would load too many samples into memory in query execution (more than "
              + limits.maxSamples()
              + "); ask for a shorter range, a longer step or fewer series");
    }
    check();
  }

  /// Asks whether to go on.
  void check() {
    if (request.cancelled().getAsBoolean() || Thread.currentThread().isInterrupted()) {
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

  /// What a reader of the store may take beside what the evaluation holds.
  MemoryBudget forReader() {
    return MemoryBudget.ofBytes(limits.maxMemoryBytes());
  }

  long heldBytes() {
    return heldBytes;
  }

  /// Takes memory that stays in use for now.
  void hold(long bytes) {
    fits(bytes);
    memory.take(bytes);
    heldBytes += bytes;
  }

  /// Refuses before it is allocated what would not fit beside what is held.
  void fits(long bytes) {
    if (heldBytes + bytes > limits.maxMemoryBytes()) {
      throw new QueryException.Failed(
          "the query needs more than "
              + limits.maxMemoryBytes() / (1 << 20)
              + " MiB of memory; ask for a shorter range, a longer step or fewer series");
    }
  }

  /// Gives back a part of what was taken.
  void letGo(long bytes) {
    release(heldBytes - bytes);
  }

  /// Gives back what was taken since a reading of [#heldBytes].
  void release(long toBytes) {
    memory.give(heldBytes - toBytes);
    heldBytes = toBytes;
  }

  long samples() {
    return samples.get();
  }
}
