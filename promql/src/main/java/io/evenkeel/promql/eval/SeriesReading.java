package io.evenkeel.promql.eval;

import io.evenkeel.promql.QueryException;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads and evaluates the series of a selector one by one, on helping threads too when there are
/// enough of them, and hands on the results in the series' order.
///
/// Concurrency: series are taken in portions. The evaluating thread and at most a few helpers each
/// take the next series of the portion, some neighbours at a time, with buffers of their own; the
/// results lie in an array, slot by slot, that the evaluating thread reads once all are done. A
/// helper that comes late finds nothing to do. So a busy pool costs nothing but the help.
final class SeriesReading {
  private static final int PORTION = 4_096;

  /// What buffers have room for at first: a rule looks at the last minutes of each series.
  private static final int FEW_SAMPLES = 256;

  private static final int SERIES_AT_ONCE = 128;

  /// Results of many steps are large, as a subquery's: then fewer series are taken at once.
  private static final long BYTES_AT_ONCE = 2 << 20;

  /// Neighbours lie in one pack of a block, which two threads should not unpack both.
  private static final int NEIGHBOURS = 8;

  private static final int WORTH_HELP = 16;

  /// A gap of about this many samples is skipped: samples are unpacked by runs of a few thousand,
  /// so that one run would be unpacked again for what lies behind a shorter gap.
  private static final int WORTH_SEEKING = 5_000;

  private final Budget budget;
  private final Helpers helpers;

  /// Threads that may help.
  ///
  /// @param count how many to ask
  record Helpers(Executor executor, int count) {
    /// Nobody.
    static final Helpers NONE = new Helpers(Runnable::run, 0);
  }

  SeriesReading(Budget budget, Helpers helpers) {
    this.budget = budget;
    this.helpers = helpers;
  }

  /// Evaluates one series after the other; each thread has its own.
  interface Worker {
    @Nullable StepSeries evaluate(Series series);
  }

  /// The buffers of one thread.
  final class Buffers {
    private final SampleColumns columns = new SampleColumns(FEW_SAMPLES);
    final Samples samples = new Samples();

    /// The samples that are seen at some steps, without stale markers.
    Samples load(Series series, Reach reach, boolean detectResets) {
      samples.take(loadRaw(series, reach, detectResets), detectResets);
      return samples;
    }

    /// The samples as they are stored, markers included.
    ///
    /// @param gapless whether the samples between what the steps see are needed too
    SampleColumns loadRaw(Series series, Reach reach, boolean gapless) {
      columns.clear();
      if (gapless || !reach.hasGaps()) {
        read(series, reach.from(), reach.to());
        return columns;
      }
      Steps looks = reach.looks;
      int step = 0;
      while (step < looks.count() && columns.size() == 0) {
        readAround(series, reach, step++);
      }
      double gap = looks.step() - reach.before - reach.after;
      if (columns.size() * gap / (reach.before + reach.after) < WORTH_SEEKING) {
        if (step < looks.count()) {
          read(series, saturated(looks.time(step - 1), reach.after + 1), reach.to());
        }
        return columns;
      }
      while (step < looks.count()) {
        readAround(series, reach, step++);
      }
      return columns;
    }

    private void readAround(Series series, Reach reach, int step) {
      long time = reach.looks.time(step);
      read(series, saturated(time, 1 - reach.before), saturated(time, reach.after));
    }

    private void read(Series series, long from, long to) {
      SampleCursor cursor = series.samples(from, to);
      for (int read = cursor.read(columns, PORTION);
          read > 0;
          read = cursor.read(columns, PORTION)) {
        budget.spend(read);
      }
    }
  }

  /// Which samples are seen at some steps: from `before` milliseconds before each, which are not in
  /// it, to `after` milliseconds behind.
  record Reach(Steps looks, long before, long after) {
    long from() {
      return saturated(looks.start(), 1 - before);
    }

    long to() {
      return saturated(looks.end(), after);
    }

    /// Whether anything lies between what two steps see.
    boolean hasGaps() {
      return looks.count() > 1 && looks.step() > before + after;
    }
  }

  private static long saturated(long time, long change) {
    long sum = time + change;
    return ((time ^ sum) & (change ^ sum)) < 0
        ? (change < 0 ? Long.MIN_VALUE : Long.MAX_VALUE)
        : sum;
  }

  Buffers buffers() {
    return new Buffers();
  }

  /// Evaluates all, in order, and passes on what is not empty.
  ///
  /// @param steps how many steps a result has: what is evaluated at once is accounted for before
  void each(List<Series> series, int steps, Supplier<Worker> workers, Consumer<StepSeries> sink) {
    budget.series(series.size());
    if (series.isEmpty()) {
      return;
    }
    long bytes = StepSeries.bytes(steps);
    int atOnce =
        (int) Math.clamp(BYTES_AT_ONCE / bytes, 1, Math.min(SERIES_AT_ONCE, series.size()));
    boolean helped = atOnce >= WORTH_HELP && helpers.count > 0;
    long taken = helped ? atOnce * bytes : bytes;
    budget.hold(taken);
    try {
      if (helped) {
        inPortions(series, atOnce, workers, sink);
      } else {
        Worker worker = workers.get();
        for (Series one : series) {
          pass(worker.evaluate(one), sink);
        }
      }
    } finally {
      budget.letGo(taken);
    }
  }

  private void inPortions(
      List<Series> series, int atOnce, Supplier<Worker> workers, Consumer<StepSeries> sink) {
    Worker own = workers.get();
    for (int from = 0; from < series.size(); from += atOnce) {
      Portion portion =
          new Portion(series.subList(from, Math.min(from + atOnce, series.size())), workers);
      for (StepSeries result : portion.results(own)) {
        pass(result, sink);
      }
    }
  }

  private static void pass(@Nullable StepSeries result, Consumer<StepSeries> sink) {
    if (result != null && !result.isEmpty()) {
      sink.accept(result);
    }
  }

  private final class Portion {
    private final List<Series> series;
    private final Supplier<Worker> workers;
    private final @Nullable StepSeries[] results;
    private final AtomicInteger next = new AtomicInteger();
    private int done;
    private @Nullable RuntimeException failure;
    private @Nullable Error error;

    Portion(List<Series> series, Supplier<Worker> workers) {
      this.series = series;
      this.workers = workers;
      this.results = new StepSeries[series.size()];
    }

    @Nullable StepSeries[] results(Worker own) {
      try {
        for (int i = 0; i < helpers.count; i++) {
          helpers.executor.execute(() -> work(null));
        }
      } catch (RejectedExecutionException e) {
        // The pool is closing; this thread does it all.
      }
      work(own);
      await();
      return results;
    }

    /// @param own the thread's worker; null while it has none
    private void work(@Nullable Worker own) {
      Worker worker = own;
      while (true) {
        int from = next.getAndAdd(NEIGHBOURS);
        if (from >= results.length) {
          return;
        }
        int to = Math.min(from + NEIGHBOURS, results.length);
        try {
          if (worker == null) {
            worker = workers.get();
          }
          for (int index = from; index < to; index++) {
            results[index] = worker.evaluate(series.get(index));
          }
          finish(to - from, null, null);
        } catch (RuntimeException e) {
          finish(to - from, e, null);
        } catch (Error e) {
          finish(to - from, null, e);
        }
      }
    }

    private synchronized void finish(
        int taken, @Nullable RuntimeException e, @Nullable Error serious) {
      if (e != null || serious != null) {
        failure = failure == null ? e : failure;
        error = error == null ? serious : error;
        // What nobody has begun is not begun any more.
        int begun = Math.min(next.getAndSet(results.length), results.length);
        done += results.length - begun;
      }
      done += taken;
      notifyAll();
    }

    private synchronized void await() {
      boolean interrupted = false;
      while (done < results.length) {
        try {
          wait();
        } catch (InterruptedException e) {
          // Helpers still use the reader; the budget makes them stop soon.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (error != null) {
        throw error;
      }
      if (failure != null) {
        throw failure;
      }
      if (interrupted) {
        throw new QueryException.Cancelled();
      }
    }
  }
}
