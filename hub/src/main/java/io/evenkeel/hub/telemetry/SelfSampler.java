package io.evenkeel.hub.telemetry;

import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.AppendReport;
import io.evenkeel.tsdb.storage.ReadOnlyStoreException;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stores the hub's own metrics each period, as job `evenkeel`.
public final class SelfSampler implements AutoCloseable {
  /// The job of the hub's own series.
  public static final String JOB = "evenkeel";

  /// How often they are stored.
  public static final Duration PERIOD = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(SelfSampler.class);

  private final List<Family.Source> sources;
  private final TimeSeriesStore store;
  private final String instance;
  private final InstantSource clock;
  private final Map<Family.Point, byte[]> encoded = new HashMap<>();
  private final SampleBatch batch = new SampleBatch();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("self-sampler").factory());

  /// @param instance the hub's host name
  public SelfSampler(
      List<Family.Source> sources, TimeSeriesStore store, String instance, InstantSource clock) {
    this.sources = List.copyOf(sources);
    this.store = store;
    this.instance = instance;
    this.clock = clock;
  }

  /// Begins to store the metrics each period.
  public void start() {
    var unused =
        timer.scheduleAtFixedRate(
            this::sampleAndReport, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sampleAndReport() {
    try {
      sample();
    } catch (ReadOnlyStoreException e) {
      LOG.debug("The hub's own metrics are not stored while the store is read-only");
    } catch (StorageException e) {
      LOG.warn("The hub's own metrics could not be stored: {}", e.getMessage());
    } catch (RuntimeException e) {
      // Else the timer would end without a word.
      LOG.error("The hub's own metrics could not be collected", e);
    }
  }

  /// Stores the metrics as they are now.
  synchronized AppendReport sample() {
    long now = clock.millis();
    batch.clear();
    for (Family.Source source : sources) {
      for (Family family : source.families()) {
        batch.addMetadata(family.metadata());
        for (Family.Point point : family.points()) {
          byte[] labels =
              encoded.computeIfAbsent(
                  new Family.Point(point.name(), point.labels(), 0), this::encode);
          batch.addSample(batch.addSeries(labels, 0, labels.length), now, point.value());
        }
      }
    }
    return store.append(batch);
  }

  private byte[] encode(Family.Point point) {
    String own = point.labels().valueOrEmpty(Label.INSTANCE);
    Labels labels =
        point.labels().toBuilder()
            .set(Label.METRIC_NAME, point.name())
            .set(Label.JOB, JOB)
            // What a gateway of its own told stays that gateway's.
            .set(Label.INSTANCE, own.isEmpty() ? instance : own)
            .build();
    return LabelBytes.encode(labels);
  }

  /// Waits for a running sampling and stops.
  @Override
  public void close() {
    timer.close();
  }
}
