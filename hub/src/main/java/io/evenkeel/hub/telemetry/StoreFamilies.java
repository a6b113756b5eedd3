package io.evenkeel.hub.telemetry;

import io.evenkeel.model.MetricType;
import io.evenkeel.tsdb.storage.StoreStatistics;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.util.ArrayList;
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
    List<Family> families = new ArrayList<>(single(now));
    now.daysToKeep()
        .ifPresent(days ->
            families.add(
                Family.gauge(
                    "evenkeel_store_days_to_keep",
                    "Days of raw samples there will be at the present rate.",
                    days)));
    Family.Builder refused =
        Family.builder(
            "evenkeel_store_series_refused_total",
            MetricType.COUNTER,
            "New series that a limit kept out, by the label whose value was new; empty for a new"
                + " combination of known values.");
    now.refusedByLabel().forEach((label, count) -> refused.add(count, "label", label));
    families.add(refused.build());
    return families;
  }

  private static List<Family> single(StoreStatistics now) {
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
