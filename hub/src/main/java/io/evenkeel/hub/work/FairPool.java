package io.evenkeel.hub.work;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// A bounded pool of platform threads that callers share fairly, for work that one of them can make
/// long: queries.
///
/// A caller never holds every thread nor the whole queue, and a free thread goes to the caller that
/// holds the fewest, then to who waited longest: so whatever one caller asks, another's short work
/// is done soon. Work whose caller went away is interrupted. Safe for use by many threads.
public final class FairPool implements AutoCloseable {
  private static final long WATCH_MILLIS = 500;

  private final int threads;
  private final int waitingPerCaller;
  private final int waitingInAll;
  private final ExecutorService executor;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> runningOf = new HashMap<>();
  private final Deque<Turn> waiting = new ArrayDeque<>();
  private final LongAdder refused = new LongAdder();
  private final LongAdder abandoned = new LongAdder();
  private int running;

  /// A caller's place in the queue; guarded by the lock.
  private final class Turn {
    final String caller;
    final Condition called = lock.newCondition();
    boolean mayRun;

    Turn(String caller) {
      this.caller = caller;
    }
  }

  /// How the pool fares.
  ///
  /// @param refused how often the queue was full, since the start
  /// @param abandoned how often the caller went away before the end, since the start
  public record Figures(int running, int waiting, long refused, long abandoned) {}

  /// @param threads how many computations run at once, at least 2
  /// @param waitingInAll how many more may wait; half of them for one caller
  public FairPool(int threads, int waitingInAll) {
    this.threads = threads;
    this.waitingInAll = waitingInAll;
    this.waitingPerCaller = waitingInAll / 2;
    this.executor =
        Executors.newCachedThreadPool(Thread.ofPlatform().name("query-", 0).daemon(true).factory());
  }

  /// Computes on the pool and waits for the result. An exception of the work reaches the caller as
  /// it is.
  ///
  /// @param caller who asks; callers share alike
  /// @param patience how long it may wait for its turn
  /// @param gone asked now and then whether nobody waits for the result any more
  /// @throws BusyException when too much waits already
  /// @throws TimeoutException when its turn did not come in time
  /// @throws AbandonedException when the caller went away; the work is then interrupted
  public <T> T compute(String caller, Duration patience, BooleanSupplier gone, Callable<T> work)
      throws Exception {
    await(enter(caller), patience, gone);
    FutureTask<T> task = new FutureTask<>(work);
    // The turn ends with the work, not with the wait for it: abandoned work may take a moment more.
    executor.execute(() -> {
      try {
        task.run();
      } finally {
        leave(caller);
      }
    });
    while (true) {
      try {
        return task.get(WATCH_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (gone.getAsBoolean()) {
          task.cancel(true);
          abandoned.increment();
          throw new AbandonedException();
        }
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
  }

  private Turn enter(String caller) {
    lock.lock();
    try {
      Turn turn = new Turn(caller);
      if (waiting.isEmpty() && mayStart(caller)) {
        start(turn);
        return turn;
      }
      long own = waiting.stream().filter(other -> other.caller.equals(caller)).count();
      if (own >= waitingPerCaller || waiting.size() >= waitingInAll) {
        refused.increment();
        throw new BusyException();
      }
      waiting.addLast(turn);
      callNext();
      return turn;
    } finally {
      lock.unlock();
    }
  }

  private void await(Turn turn, Duration patience, BooleanSupplier gone) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    lock.lock();
    try {
      while (!turn.mayRun) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new TimeoutException("no turn came in time");
        }
        boolean called =
            turn.called.await(
                Math.min(left, TimeUnit.MILLISECONDS.toNanos(WATCH_MILLIS)), TimeUnit.NANOSECONDS);
        if (!called && !turn.mayRun && gone.getAsBoolean()) {
          abandoned.increment();
          throw new AbandonedException();
        }
      }
    } catch (Exception e) {
      if (!waiting.remove(turn)) {
        leave(turn.caller);
      }
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void leave(String caller) {
    lock.lock();
    try {
      running--;
      runningOf.merge(caller, -1, (a, b) -> a + b == 0 ? null : a + b);
      callNext();
    } finally {
      lock.unlock();
    }
  }

  private void callNext() {
    while (running < threads) {
      Optional<Turn> next =
          waiting.stream()
              .filter(turn -> mayStart(turn.caller))
              .min(Comparator.comparingInt(turn -> runningOf.getOrDefault(turn.caller, 0)));
      if (next.isEmpty()) {
        return;
      }
      waiting.remove(next.get());
      start(next.get());
      next.get().called.signal();
    }
  }

  private boolean mayStart(String caller) {
    return running < threads && runningOf.getOrDefault(caller, 0) < threads - 1;
  }

  private void start(Turn turn) {
    turn.mayRun = true;
    running++;
    runningOf.merge(turn.caller, 1, Integer::sum);
  }

  /// How it fares now.
  public Figures figures() {
    lock.lock();
    try {
      return new Figures(running, waiting.size(), refused.sum(), abandoned.sum());
    } finally {
      lock.unlock();
    }
  }

  /// Interrupts what runs.
  @Override
  public void close() {
    executor.shutdownNow();
  }

  /// The caller went away; there is nobody to answer.
  public static final class AbandonedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AbandonedException() {
      super("the caller went away", null, false, false);
    }
  }
}
