package io.evenkeel.hub.work;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The bounded pool of platform threads on which computing happens (queries, compression, models).
///
/// Virtual threads are not time-sliced: one that computes keeps its carrier, and two of them stop
/// everybody else on a two-core machine. So a handler's virtual thread hands computing to this pool
/// and waits. An interrupt of the waiting caller interrupts the work. Safe for use by many threads.
public final class CpuPool implements AutoCloseable {
  private final ThreadPoolExecutor executor;

  /// @param threads how many computations run at once
  /// @param waiting how many more may wait before new ones are refused
  public CpuPool(int threads, int waiting) {
    executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            60,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waiting),
            Thread.ofPlatform().name("cpu-", 0).daemon(true).factory());
    executor.allowCoreThreadTimeOut(true);
  }

  /// Computes on the pool and waits for the result. An exception of the work reaches the caller as
  /// it is.
  ///
  /// @throws BusyException when too much waits already
  /// @throws InterruptedException when the caller was interrupted; the work was then interrupted
  ///   too
  public <T extends @Nullable Object> T compute(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      throw new BusyException();
    }
    try {
      return task.get();
    } catch (InterruptedException e) {
      task.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException("the work failed", e);
      }
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
