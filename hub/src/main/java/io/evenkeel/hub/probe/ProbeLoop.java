package io.evenkeel.hub.probe;

import io.evenkeel.hub.ingest.Ingest;
import io.evenkeel.hub.ingest.Source;
import io.evenkeel.hub.work.LoopThread;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.StorageException;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the attempts of one probe, on a virtual thread of its own. The first one comes within
/// seconds, the others at a moment of the interval that spreads the probes. A probe that goes ends
/// its series; a hub that stops ends none, so that nothing gapes when it starts again.
final class ProbeLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeLoop.class);
  private static final long FIRST_WITHIN_NANOS = 3_000_000_000L;
  private static final Source SOURCE = Source.probe();

  private final Probe probe;
  private final Prober prober;
  private final Semaphore room;
  private final Ingest ingest;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ProbeSeries series;
  private final SampleBatch batch = new SampleBatch();
  private final LoopThread loop;
  private volatile @Nullable ProbeResult last;
  private volatile boolean gone;

  /// @param room how many attempts may run at once
  /// @param nanos a clock that is never set
  ProbeLoop(
      Probe probe,
      Prober prober,
      Semaphore room,
      Ingest ingest,
      InstantSource clock,
      LongSupplier nanos) {
    this.probe = probe;
    this.prober = prober;
    this.room = room;
    this.ingest = ingest;
    this.clock = clock;
    this.nanos = nanos;
    this.loop = new LoopThread(nanos);
    this.series = new ProbeSeries(probe);
  }

  /// How the last attempt went; null before the first one.
  @Nullable ProbeResult last() {
    return last;
  }

  void start() {
    loop.start("probe-" + probe.name(), this);
  }

  /// Stops after a running attempt.
  ///
  /// @param forGood whether the probe is gone, so that its series end
  void stop(boolean forGood) {
    gone = forGood;
    loop.stop();
  }

  /// Waits until a stopped loop has come to its end.
  void join() throws InterruptedException {
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
        LOG.error("The probe '{}' failed unexpectedly", probe.name(), e);
      }
      long now = nanos.getAsLong();
      next = now + interval - Math.floorMod(now - phase, interval);
    }
    if (gone) {
      batch.clear();
      series.end(batch, clock.millis());
      store();
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
    if (loop.isStopped()) {
      return;
    }
    last = result;
    batch.clear();
    series.put(result, batch);
    store();
  }

  private void store() {
    if (batch.sampleCount() == 0) {
      return;
    }
    try {
      Ingest.Outcome outcome = ingest.accept(SOURCE, batch);
      if (outcome.refused() > 0) {
        LOG.warn(
            "{} samples of the probe '{}' were refused: {}",
            outcome.refused(),
            probe.name(),
            String.join("; ", outcome.stored().details()));
      }
    } catch (StorageException e) {
      LOG.warn("A result of the probe '{}' was not stored: {}", probe.name(), e.getMessage());
    }
  }
}
