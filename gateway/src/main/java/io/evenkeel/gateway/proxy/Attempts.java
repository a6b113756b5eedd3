package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.pool.Backend;
import io.evenkeel.gateway.pool.Ending;
import io.evenkeel.gateway.pool.Pool;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tries of one request at the backends of its pool: where it is now, where it was, and whether
/// it may go to another. What became of each is told to the pool exactly once. Lives on one event
/// loop.
final class Attempts {
  private final Pool pool;
  private final boolean idempotent;
  private final long beganNanos;
  private List<Backend> failed = List.of();
  private @Nullable Backend current;
  private @Nullable Backend last;
  private int count;
  private int load;
  private long sentNanos;
  private long headNanos;
  private boolean streaming;

  /// @param idempotent whether the request may be executed twice
  /// @param beganNanos when the client began it
  Attempts(Pool pool, boolean idempotent, long beganNanos) {
    this.pool = pool;
    this.idempotent = idempotent;
    this.beganNanos = beganNanos;
  }

  /// The backend that has the request now; nothing between two tries.
  @Nullable Backend current() {
    return current;
  }

  /// The backend that had it last; nothing before the first try ended.
  @Nullable Backend last() {
    return last;
  }

  /// The backends that failed it.
  List<Backend> failed() {
    return failed;
  }

  int count() {
    return count;
  }

  /// A backend took it.
  void begin(Backend to, long now) {
    current = to;
    count++;
    load = Math.max(0, to.inFlight() - 1);
    sentNanos = now;
    if (count > 1) {
      to.traffic().retried();
    }
  }

  /// The head of an answer came.
  ///
  /// @param lasts whether the answer goes on as long as somebody listens: then the time to its head
  ///   counts as its latency
  void answerBegan(long now, boolean lasts) {
    headNanos = now;
    streaming = lasts;
  }

  /// Whether the request may go to another backend; takes from the pool's budget if so.
  ///
  /// @param sent whether bytes of it were sent
  /// @param whole whether all of its body so far is kept
  boolean mayRepeat(boolean sent, boolean whole, long now) {
    return count < pool.config().retry().attempts()
        && now - beganNanos < pool.config().timeouts().request().toNanos()
        && (!sent || idempotent)
        && whole
        && pool.retryBudget().tryTake(now);
  }

  /// Ends the try that is on, if one is.
  ///
  /// @param status of the answer; 0 without one
  void end(Ending ending, int status, long bytesIn, long bytesOut, long now) {
    Backend by = current;
    if (by == null) {
      return;
    }
    current = null;
    last = by;
    by.traffic().received(bytesIn);
    by.traffic().sent(bytesOut);
    pool.release(
        by, load, streaming ? now - (headNanos - sentNanos) : sentNanos, status, ending, now);
  }

  /// Remembers that the last backend failed the request.
  void avoidLast() {
    Backend by = last;
    if (by != null) {
      List<Backend> more = new ArrayList<>(failed);
      more.add(by);
      failed = more;
    }
  }
}
