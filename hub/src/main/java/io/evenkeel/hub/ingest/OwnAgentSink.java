package io.evenkeel.hub.ingest;

import io.evenkeel.agent.AgentSink;
import io.evenkeel.agent.CollectorStatus;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.processes.ProcessLog;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes what the agent inside the hub finds on the hub's own machine.
///
/// While the store takes nothing, rounds are lost and counted: holding them would take the memory
/// that a full disk's hub needs to stay up.
public final class OwnAgentSink implements AgentSink {
  private static final Logger LOG = LoggerFactory.getLogger(OwnAgentSink.class);
  private static final long REPEAT_AFTER_NANOS = 60_000_000_000L;

  private final Ingest ingest;
  private final HostRegistry hosts;
  private final ProcessLog processes;
  private final String instance;
  private final Supplier<Source> source;
  private final LongSupplier nanos;
  private long lostRounds;
  private boolean failing;
  private long reportedAtNanos;

  /// @param instance the name under which the agent collects
  /// @param source who the agent is now; its period may change
  /// @param nanos a clock that is never set
  public OwnAgentSink(
      Ingest ingest,
      HostRegistry hosts,
      ProcessLog processes,
      String instance,
      Supplier<Source> source,
      LongSupplier nanos) {
    this.ingest = ingest;
    this.hosts = hosts;
    this.processes = processes;
    this.instance = instance;
    this.source = source;
    this.nanos = nanos;
  }

  @Override
  public void accept(SampleBatch batch) {
    try {
      ingest.accept(source.get(), batch);
      if (failing) {
        failing = false;
        LOG.info("This machine's samples are stored again; {} rounds were lost", lostRounds);
        lostRounds = 0;
      }
    } catch (StorageException e) {
      lost(e);
    }
  }

  private void lost(StorageException e) {
    lostRounds++;
    long now = nanos.getAsLong();
    if (!failing || now - reportedAtNanos > REPEAT_AFTER_NANOS) {
      LOG.error(
          "This machine's samples cannot be stored ({} rounds lost so far): {}",
          lostRounds,
          e.getMessage());
      reportedAtNanos = now;
    }
    failing = true;
  }

  @Override
  public void accept(ProcessSnapshot snapshot) {
    try {
      hosts.idFor(instance).ifPresent(id -> processes.append(id, snapshot));
    } catch (UncheckedIOException e) {
      LOG.warn("This machine's top processes cannot be kept: {}", e.getMessage());
    }
  }

  @Override
  public void accept(List<CollectorStatus> statuses) {
    // The agent itself is asked for them; here is only what has to be kept.
  }
}
