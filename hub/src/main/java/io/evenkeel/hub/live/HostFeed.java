package io.evenkeel.hub.live;

import io.evenkeel.hub.work.BusyException;
import io.evenkeel.hub.work.CpuPool;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The expressions that are watched on one host, evaluated each time its samples arrived.
///
/// A virtual thread waits for arrivals and hands the evaluation to the pool; arrivals during one
/// are joined into the next. It lives while anything is watched.
final class HostFeed {
  private static final Logger LOG = LoggerFactory.getLogger(HostFeed.class);
  private static final int HISTORY = 60;

  /// Evaluates expressions at a time, on a thread of the pool.
  interface Evaluation {
    void run(List<SharedExpression> expressions, long timeMillis);
  }

  private final String name;
  private final CpuPool pool;
  private final Evaluation evaluation;
  private final Consumer<HostFeed> evaluated;
  private final LongSupplier nanos;
  private final Map<String, Watched> expressions = new HashMap<>();
  private final Deque<Long> ticks = new ArrayDeque<>();
  private long tickMillis = Long.MIN_VALUE;
  private long dueNanos;
  private boolean due;
  private boolean closed;

  /// An expression and how many subscriptions watch it.
  private static final class Watched {
    final SharedExpression expression;
    int watchers;

    Watched(SharedExpression expression) {
      this.expression = expression;
    }
  }

  /// @param evaluated is told after each evaluation, on the feed's own thread
  HostFeed(
      String name,
      CpuPool pool,
      Evaluation evaluation,
      Consumer<HostFeed> evaluated,
      LongSupplier nanos) {
    this.name = name;
    this.pool = pool;
    this.evaluation = evaluation;
    this.evaluated = evaluated;
    this.nanos = nanos;
  }

  void start() {
    Thread.ofVirtual().name("live-" + name).start(this::run);
  }

  /// Watches an expression; the same text is shared.
  synchronized SharedExpression watch(String text, LiveLimits limits) {
    Watched watched =
        expressions.computeIfAbsent(text, key -> new Watched(new SharedExpression(key, limits)));
    watched.watchers++;
    return watched.expression;
  }

  /// Ends one watching of an expression.
  synchronized void release(String text) {
    Watched watched = expressions.get(text);
    if (watched != null && --watched.watchers == 0) {
      expressions.remove(text);
    }
  }

  synchronized boolean isIdle() {
    return expressions.isEmpty();
  }

  synchronized int size() {
    return expressions.size();
  }

  /// Samples up to a time are stored; evaluate soon.
  ///
  /// @param settleMillis how long more of the same moment may be on its way
  synchronized void arrived(long timeMillis, long settleMillis) {
    if (timeMillis <= tickMillis) {
      return;
    }
    tickMillis = timeMillis;
    if (!due) {
      due = true;
      dueNanos = nanos.getAsLong() + settleMillis * 1_000_000;
    }
    notifyAll();
  }

  /// Evaluates what was added since the last arrival at that arrival's time.
  synchronized void refresh(long lastArrivalMillis) {
    tickMillis = Math.max(tickMillis, lastArrivalMillis);
    if (tickMillis != Long.MIN_VALUE) {
      due = true;
      dueNanos = nanos.getAsLong();
      notifyAll();
    }
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /// The first evaluated time after another, or Long.MIN_VALUE when there is none.
  synchronized long tickAfter(long timeMillis) {
    for (long tick : ticks) {
      if (tick > timeMillis) {
        return tick;
      }
    }
    return Long.MIN_VALUE;
  }

  /// The newest evaluated time, or Long.MIN_VALUE before the first.
  synchronized long lastTick() {
    return ticks.isEmpty() ? Long.MIN_VALUE : ticks.getLast();
  }

  private void run() {
    try {
      while (true) {
        Due next = await();
        if (next == null) {
          return;
        }
        evaluate(next);
      }
    } catch (InterruptedException e) {
      LOG.debug("The live feed of {} was interrupted", name);
    }
  }

  private record Due(long timeMillis, List<SharedExpression> expressions) {}

  private synchronized @Nullable Due await() throws InterruptedException {
    while (!closed) {
      long wait = due ? (dueNanos - nanos.getAsLong()) / 1_000_000 : Long.MAX_VALUE;
      if (wait <= 0) {
        due = false;
        return new Due(
            tickMillis, expressions.values().stream().map(watched -> watched.expression).toList());
      }
      if (due) {
        wait(wait);
      } else {
        wait();
      }
    }
    return null;
  }

  private void evaluate(Due next) throws InterruptedException {
    try {
      pool.compute(() -> {
        evaluation.run(next.expressions, next.timeMillis);
        return next;
      });
    } catch (InterruptedException e) {
      throw e;
    } catch (BusyException e) {
      LOG.debug("The live values of {} at {} are left out: the hub is busy", name, next.timeMillis);
      return;
    } catch (Exception e) {
      LOG.error("The live values of {} could not be evaluated", name, e);
      return;
    }
    synchronized (this) {
      if (ticks.isEmpty() || ticks.getLast() < next.timeMillis) {
        ticks.addLast(next.timeMillis);
        if (ticks.size() > HISTORY) {
          ticks.removeFirst();
        }
      }
    }
    evaluated.accept(this);
  }
}
