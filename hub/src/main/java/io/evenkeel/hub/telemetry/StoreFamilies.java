package io.evenkeel.hub.telemetry;

import io.evenkeel.tsdb.storage.StoreStatistics;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.util.List;

/// The store's figures, as metrics.
public final class StoreFamilies implements Family.Source {
  private final TimeSeriesStore store;

  public StoreFamilies(TimeSeriesStore store) {
    this.store = store;
  }

  @Override
  public List<Family> families() {
    StoreStatistics now = store.statistics();
    return List.of(
        Family.gauge("evenkeel_store_series", "Series in the head.", now.headSeries()),
        Family.gauge("evenkeel_store_head_chunks", "Chunks in the head.", now.headChunks()),
        Family.counter(
            "evenkeel_store_samples_appended_total",
            "Samples stored since the start.",
            now.samplesAppended()),
        Family.gauge("evenkeel_store_blocks", "Sealed blocks on disk.", now.blocks()),
        Family.gauge(
            "evenkeel_store_disk_bytes", "Bytes that the store takes on disk.", now.diskBytes()),
        Family.gauge(
            "evenkeel_store_read_only",
            "1 while the store refuses writes, for instance because its disk is full.",
            now.readOnly() ? 1 : 0));
  }
}
