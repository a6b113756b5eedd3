package io.evenkeel.model.work;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The virtual thread of something that is done again and again until it is stopped; between times
/// it waits, and a stop ends the waiting and nothing else. Safe for use by many threads.
public final class LoopThread {
  private final LongSupplier nanos;
  private volatile boolean stopped;
  private volatile @Nullable Thread thread;

  /// @param nanos a clock that is never set
  public LoopThread(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// Starts it; once.
  public void start(String name, Runnable loop) {
    thread = Thread.ofVirtual().name(name).start(loop);
  }

  /// Has it end after what it is doing.
  public void stop() {
    stopped = true;
    Thread running = thread;
    if (running != null) {
      LockSupport.unpark(running);
    }
  }

  /// Waits until a stopped loop has come to its end.
  public void join() throws InterruptedException {
    Thread running = thread;
    if (running != null) {
      running.join();
    }
  }

  public boolean isStopped() {
    return stopped;
  }

  /// Waits, on the loop's own thread, for a moment of the clock; false when the loop was stopped.
  public boolean waitUntil(long at) {
    for (long left = at - nanos.getAsLong(); left > 0 && !stopped; left = at - nanos.getAsLong()) {
      LockSupport.parkNanos(left);
    }
    return !stopped;
  }
}
