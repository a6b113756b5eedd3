package io.evenkeel.promql;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Platform threads that help large queries to read their series. A query never waits for a helper
/// that has not begun: when all are busy, it does the work itself. Safe for use by many threads.
public final class QueryHelpers implements Executor, AutoCloseable {
  private static final int MOST_WAITING = 64;

  private final int count;
  private final ThreadPoolExecutor threads;

  /// @param count how many threads, > 0
  public QueryHelpers(int count) {
    this.count = count;
    this.threads =
        new ThreadPoolExecutor(
            count,
            count,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("promql-helper-", 1).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /// How many threads there are.
  public int count() {
    return count;
  }

  /// Gives a helper something to do.
  ///
  /// @throws java.util.concurrent.RejectedExecutionException when all are busy
  @Override
  public void execute(Runnable help) {
    threads.execute(help);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
