package io.evenkeel.hub.ingest;

import io.evenkeel.hub.clean.CleanReport;
import io.evenkeel.hub.clean.Cleaner;
import io.evenkeel.hub.clean.Doubt;
import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.HostWatch;
import io.evenkeel.hub.hosts.Report;
import io.evenkeel.hub.ingest.names.NodeNames;
import io.evenkeel.hub.live.LiveHub;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.AppendReport;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Takes a batch through the hub: call it by our names, clean, store, then tell the hosts and
/// whoever watches them. Safe for use by many threads.
public final class Ingest {
  private final Cleaner cleaner;
  private final TimeSeriesStore store;
  private final HostRegistry hosts;
  private final LiveHub live;
  private final HubMetrics metrics;
  private final NodeNames names = new NodeNames();
  private final Map<String, byte[]> upLabels = new ConcurrentHashMap<>();

  private volatile Arrivals arrivals = (host, timeMillis) -> {};

  /// Who wants to know that samples about an instance are stored.
  public interface Arrivals {
    /// @param instance a host, a target of scraping, or whatever a sender named in this label
    /// @param timeMillis the time of the newest sample that came with them, epoch milliseconds
    void arrived(String instance, long timeMillis);
  }

  /// What became of a batch.
  ///
  /// @param cleaned what cleaning found
  /// @param stored what the store took, the hub's own additions included
  /// @param added how many samples the hub added: marks, `up` and what it calls by our names
  public record Outcome(CleanReport cleaned, AppendReport stored, int added) {
    /// How many of the batch's samples were refused.
    public int refused() {
      return cleaned.refused() + stored.refused();
    }

    /// How many of the batch's numbers are stored now.
    public int samples() {
      return Math.max(0, stored.samples() - added);
    }

    /// How many of the batch's samples were stored before.
    public int repeated() {
      return stored.rejected().getOrDefault(AppendReport.Rejection.DUPLICATE, 0);
    }
  }

  public Ingest(
      Cleaner cleaner,
      TimeSeriesStore store,
      HostRegistry hosts,
      LiveHub live,
      HubMetrics metrics) {
    this.cleaner = cleaner;
    this.store = store;
    this.hosts = hosts;
    this.live = live;
    this.metrics = metrics;
  }

  /// Tells `listener` of arrivals from now on; it must not wait.
  public void onArrival(Arrivals listener) {
    arrivals = listener;
  }

  /// Takes a batch; when this returns, what it answers as stored survives the loss of power. The
  /// batch is changed (refused samples leave it, marks come in) but not kept.
  ///
  /// @throws io.evenkeel.tsdb.storage.ReadOnlyStoreException when the store takes no writes for now
  /// @throws io.evenkeel.tsdb.storage.StorageException when nothing of the batch is certain to be
  ///   durable
  public Outcome accept(Source source, SampleBatch batch) {
    long begun = System.nanoTime();
    int translated = source.agentVersion() == null ? names.translate(batch) : 0;
    CleanReport cleaned = cleaner.clean(source.name(), source.complete(), batch);
    int ups = source.agentVersion() == null ? 0 : addUp(cleaned, batch);
    AppendReport stored = store.append(batch, source.account(), source.mostSeries());
    if (ups > 0 && stored.rejected().containsKey(Rejection.SOURCE_SERIES_LIMIT)) {
      // That a host is up is the hub's own word, not one of the series that its agent may bring.
      SampleBatch own = new SampleBatch();
      addUp(cleaned, own);
      store.append(own);
    }
    cleaner.account(source.name(), cleaned, stored);
    Outcome outcome = new Outcome(cleaned, stored, cleaned.marked() + ups + translated);
    metrics.ingested(
        source.name(),
        stored.samples() + stored.histograms(),
        outcome.refused(),
        System.nanoTime() - begun);
    for (HostTick tick : cleaned.hosts()) {
      hosts
          .reported(
              new Report(
                  tick, source.agentVersion(), source.periodMillis(), source.os(), source.self()))
          .ifPresent(id -> live.arrived(id, tick.timeMillis(), source.complete()));
    }
    tellArrivals(cleaned, batch);
    return outcome;
  }

  private void tellArrivals(CleanReport cleaned, SampleBatch batch) {
    if (cleaned.instances().isEmpty() || batch.sampleCount() == 0) {
      return;
    }
    long newest = newest(batch);
    for (String instance : cleaned.instances()) {
      arrivals.arrived(instance, newest);
    }
  }

  private static long newest(SampleBatch batch) {
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < batch.sampleCount(); i++) {
      newest = Math.max(newest, batch.time(i));
    }
    return newest;
  }

  /// Counts what a decoder left out before there was a batch.
  void leftOut(Source source, Doubt doubt, int samples) {
    cleaner.account(source.name(), doubt, samples);
  }

  private int addUp(CleanReport cleaned, SampleBatch batch) {
    int added = 0;
    for (HostTick tick : cleaned.hosts()) {
      // A name that the registry does not know yet costs an encoding, not an entry.
      byte[] labels =
          hosts.idOf(tick.instance()).isPresent()
              ? upLabels.computeIfAbsent(tick.instance(), Ingest::encodeUp)
              : encodeUp(tick.instance());
      batch.addSample(batch.addSeries(labels, 0, labels.length), tick.timeMillis(), 1.0);
      added++;
    }
    return added;
  }

  private static byte[] encodeUp(String host) {
    return LabelBytes.encode(HostWatch.up(host));
  }
}
