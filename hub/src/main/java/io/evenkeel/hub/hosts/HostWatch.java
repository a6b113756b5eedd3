package io.evenkeel.hub.hosts;

import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.ReadOnlyStoreException;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the hosts each second: writes `up` 0 for silent agents at their period, tells of
/// changed statuses, saves the registry.
///
/// `up` 1 is written by ingestion beside the samples that prove it.
public final class HostWatch implements AutoCloseable {
  /// The series that says whether a host's agent reports.
  public static final String UP = "up";

  private static final Logger LOG = LoggerFactory.getLogger(HostWatch.class);
  private static final long TELL_ALL_EVERY_MILLIS = 5_000;

  private final HostRegistry registry;
  private final TimeSeriesStore store;
  private final InstantSource clock;
  private final Consumer<List<Host>> listener;
  private final Map<String, HostStatus> told = new HashMap<>();
  private final Map<String, Long> nextDownMillis = new HashMap<>();
  private long toldAllAtMillis;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("host-watch").factory());

  /// @param listener is told all hosts when a status has changed, and every 5 s
  public HostWatch(
      HostRegistry registry,
      TimeSeriesStore store,
      InstantSource clock,
      Consumer<List<Host>> listener) {
    this.registry = registry;
    this.store = store;
    this.clock = clock;
    this.listener = listener;
  }

  /// The labels of a host's `up` series.
  public static Labels up(String host) {
    return Labels.of(Label.METRIC_NAME, UP, Label.JOB, "node", Label.INSTANCE, host);
  }

  /// Begins to watch.
  public void start() {
    var unused = timer.scheduleAtFixedRate(this::lookAndReport, 1, 1, TimeUnit.SECONDS);
  }

  private void lookAndReport() {
    try {
      look();
    } catch (ReadOnlyStoreException e) {
      LOG.debug("`up` is not written while the store is read-only");
    } catch (StorageException | DatabaseException e) {
      LOG.warn("The state of the hosts could not be stored: {}", e.getMessage());
    } catch (RuntimeException e) {
      // Else the timer would end without a word.
      LOG.error("The hosts could not be watched", e);
    }
  }

  /// Looks once.
  synchronized void look() {
    tell();
    registry.save();
    markSilent();
  }

  private void markSilent() {
    long now = clock.millis();
    SampleBatch batch = new SampleBatch();
    List<HostRegistry.SilentHost> silent = registry.silentAgents();
    nextDownMillis.keySet().retainAll(silent.stream().map(HostRegistry.SilentHost::name).toList());
    for (HostRegistry.SilentHost host : silent) {
      Long due = nextDownMillis.get(host.name());
      // A clock that was set back must not silence the series for as long.
      if (due == null || due <= now || due > now + host.periodMillis()) {
        batch.addSample(batch.addSeries(up(host.name())), now, 0.0);
        nextDownMillis.put(host.name(), now + host.periodMillis());
      }
    }
    if (batch.sampleCount() > 0) {
      store.append(batch);
    }
  }

  private void tell() {
    List<Host> hosts = registry.all();
    boolean changed = false;
    for (Host host : hosts) {
      changed |= told.put(host.id(), host.status()) != host.status();
    }
    long now = clock.millis();
    if (changed || Math.abs(now - toldAllAtMillis) >= TELL_ALL_EVERY_MILLIS) {
      toldAllAtMillis = now;
      listener.accept(hosts);
    }
  }

  /// Waits for a running look and stops.
  @Override
  public void close() {
    timer.close();
  }
}
