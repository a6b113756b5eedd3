package io.evenkeel.gateway.stats;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// What one backend served. Thread-safe, without locks; counters only grow.
public final class BackendTraffic {
  private final AtomicLongArray byClass = new AtomicLongArray(5);
  private final LongAdder failures = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LatencyHistogram latency = new LatencyHistogram();

  /// Counts an answer.
  ///
  /// @param status 100 to 599
  /// @param tookNanos from sending the request to the answer's end
  public void answered(int status, long tookNanos) {
    byClass.incrementAndGet(Math.clamp(status / 100 - 1, 0, 4));
    latency.record(tookNanos);
  }

  /// Counts a request that got no answer: refused, reset, timed out.
  public void failed() {
    failures.increment();
  }

  /// Counts a request that was sent here after another backend failed it.
  public void retried() {
    retries.increment();
  }

  /// Counts a body's bytes from the client.
  public void received(long bytes) {
    bytesIn.add(bytes);
  }

  /// Counts a body's bytes to the client.
  public void sent(long bytes) {
    bytesOut.add(bytes);
  }

  /// What was counted so far.
  public Counts counts() {
    long[] classes = new long[5];
    for (int i = 0; i < 5; i++) {
      classes[i] = byClass.get(i);
    }
    return new Counts(
        classes[0],
        classes[1],
        classes[2],
        classes[3],
        classes[4],
        failures.sum(),
        retries.sum(),
        bytesIn.sum(),
        bytesOut.sum(),
        latency.snapshot());
  }

  /// The counters of a moment.
  ///
  /// @param informational answers 1xx (a switch of protocols), and so on up to 5xx
  /// @param failures requests without an answer
  /// @param retries requests that came from another backend
  public record Counts(
      long informational,
      long successful,
      long redirections,
      long clientErrors,
      long serverErrors,
      long failures,
      long retries,
      long bytesIn,
      long bytesOut,
      LatencyHistogram.Snapshot latency) {
    /// These counts and another gateway's together.
    public Counts plus(Counts other) {
      return new Counts(
          informational + other.informational,
          successful + other.successful,
          redirections + other.redirections,
          clientErrors + other.clientErrors,
          serverErrors + other.serverErrors,
          failures + other.failures,
          retries + other.retries,
          bytesIn + other.bytesIn,
          bytesOut + other.bytesOut,
          latency.plus(other.latency));
    }

    /// Requests that ended here, with an answer or without.
    public long requests() {
      return informational + successful + redirections + clientErrors + serverErrors + failures;
    }
  }
}
