package io.evenkeel.agent.probe;

import io.evenkeel.model.work.LoopThread;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Makes the attempts of one probe, on a virtual thread of its own. The first one comes within
/// seconds, the others at a moment of the interval that spreads the probes.
public final class ProbeLoop implements Runnable {
  private static final System.Logger LOG = System.getLogger(ProbeLoop.class.getName());
  private static final long FIRST_WITHIN_NANOS = 3_000_000_000L;

  private final Probe probe;
  private final Prober prober;
  private final Semaphore room;
  private final Consumer<ProbeResult> results;
  private final LongSupplier nanos;
  private final LoopThread loop;

  /// @param room how many attempts may run at once
  /// @param results takes what came of each attempt, on the loop's thread
  /// @param nanos a clock that is never set
  public ProbeLoop(
      Probe probe,
      Prober prober,
      Semaphore room,
      Consumer<ProbeResult> results,
      LongSupplier nanos) {
    this.probe = probe;
    this.prober = prober;
    this.room = room;
    this.results = results;
    this.nanos = nanos;
    this.loop = new LoopThread(nanos);
  }

  /// Begins to ask.
  public void start() {
    loop.start("probe-" + probe.name(), this);
  }

  /// Stops; the result of an attempt that runs is not told any more.
  public void stop() {
    loop.stop();
  }

  /// Waits until a stopped loop has come to its end.
  public void join() throws InterruptedException {
    loop.join();
  }

  @Override
  public void run() {
    long interval = probe.interval().toNanos();
    long spread = probe.name().hashCode() * 0x9E3779B97F4A7C15L;
    long phase = Math.floorMod(spread, interval);
    long next = nanos.getAsLong() + Math.floorMod(spread, Math.min(interval, FIRST_WITHIN_NANOS));
    while (loop.waitUntil(next)) {
      try {
        attempt();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        // Else the service would not be asked any more without a word.
        LOG.log(
            System.Logger.Level.ERROR, "the probe '" + probe.name() + "' failed unexpectedly", e);
      }
      long now = nanos.getAsLong();
      next = now + interval - Math.floorMod(now - phase, interval);
    }
  }

  private void attempt() throws InterruptedException {
    room.acquire();
    ProbeResult result;
    try {
      result = prober.attempt(probe);
    } finally {
      room.release();
    }
    if (!loop.isStopped()) {
      results.accept(result);
    }
  }
}
