package io.evenkeel.hub.probe;

import io.evenkeel.agent.probe.Probe;
import io.evenkeel.agent.probe.ProbeResult;
import io.evenkeel.hub.ingest.Ingest;
import io.evenkeel.hub.ingest.Source;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.StorageException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a probe measures from one place: its series in the store, and the last result. A probe that
/// goes ends its series; a hub that stops ends none, so that nothing gapes when it starts again.
/// Safe for use by many threads.
final class ProbeTrack {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeTrack.class);

  private final String name;
  private final String from;
  private final Source source;
  private final Ingest ingest;
  private final InstantSource clock;
  private final ProbeSeries series;
  private final SampleBatch batch = new SampleBatch();
  private volatile @Nullable ProbeResult last;
  private boolean ended;

  /// @param server the server whose agent asks; null for the hub itself
  ProbeTrack(Probe probe, @Nullable ProbingServer server, Ingest ingest, InstantSource clock) {
    this.name = probe.name();
    this.from = server == null ? "" : server.name();
    this.source = server == null ? Source.probe() : Source.probeOf(server.hostId());
    this.ingest = ingest;
    this.clock = clock;
    this.series = new ProbeSeries(probe, from);
  }

  /// The name of the server whose agent asks; empty for the hub.
  String from() {
    return from;
  }

  /// How the last attempt went; null before the first one.
  @Nullable ProbeResult last() {
    return last;
  }

  /// Takes what came of an attempt.
  synchronized void take(ProbeResult result) {
    if (ended) {
      return;
    }
    ProbeResult before = last;
    // What waited on a server comes later than it was.
    if (before == null || before.timeMillis() <= result.timeMillis()) {
      last = result;
    }
    batch.clear();
    series.put(result, batch);
    store();
  }

  /// Ends the series: the probe does not run here any more.
  synchronized void end() {
    ended = true;
    batch.clear();
    series.end(batch, clock.millis());
    store();
  }

  private void store() {
    if (batch.sampleCount() == 0) {
      return;
    }
    try {
      Ingest.Outcome outcome = ingest.accept(source, batch);
      if (outcome.refused() > 0) {
        LOG.warn(
            "{} samples of the probe '{}'{} were refused: {}",
            outcome.refused(),
            name,
            from.isEmpty() ? "" : " from " + from,
            String.join("; ", outcome.stored().details()));
      }
    } catch (StorageException e) {
      LOG.warn("A result of the probe '{}' was not stored: {}", name, e.getMessage());
    }
  }
}
