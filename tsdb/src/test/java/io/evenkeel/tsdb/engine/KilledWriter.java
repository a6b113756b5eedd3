package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.storage.AppendReport;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/// A process that appends until it is killed: several threads, each with its own times, each
/// telling on standard output which batch was acknowledged.
final class KilledWriter {
  static final int THREADS = 3;
  static final int SERIES = 6;
  static final long T0 = 1_763_856_000_000L;

  /// The time of a thread's batch; the threads' times differ, so that most arrive out of order.
  static long time(int thread, long batch) {
    return T0 + batch * 5_000 + thread;
  }

  static Random random(int thread, long batch) {
    return new Random(thread * 1_000_003L + batch);
  }

  private KilledWriter() {}

  /// Takes the directory and each thread's first batch.
  public static void main(String[] arguments) {
    AtomicLong newest = new AtomicLong(T0);
    InstantSource clock = () -> Instant.ofEpochMilli(newest.get());
    StoreSettings settings =
        StoreSettings.DEFAULT
            .withoutLowWaterMark()
            .maintaining(Duration.ofMillis(10), Duration.ofMillis(100), 256 << 10);
    for (int thread = 0; thread < THREADS; thread++) {
      long first = Long.parseLong(arguments[1 + thread]);
      newest.accumulateAndGet(time(thread, first), Math::max);
    }
    LocalStore store = LocalStore.open(Path.of(arguments[0]), settings, clock);
    PrintStream out = System.out;
    for (int thread = 0; thread < THREADS; thread++) {
      int number = thread;
      long first = Long.parseLong(arguments[1 + thread]);
      Thread.ofPlatform()
          .start(() -> {
            Ledger ledger = new Ledger(SERIES);
            for (long batch = first; ; batch++) {
              long time = time(number, batch);
              newest.accumulateAndGet(time, Math::max);
              AppendReport report = store.append(ledger.batch(time, random(number, batch)));
              if (report.refused() > 0) {
                throw new AssertionError(report.toString());
              }
              synchronized (out) {
                out.println(number + " " + batch);
                out.flush();
              }
            }
          });
    }
  }
}
