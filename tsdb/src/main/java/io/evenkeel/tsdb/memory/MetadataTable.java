package io.evenkeel.tsdb.memory;

import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.Utf8Order;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/// What is known of each metric's meaning; the newest word counts. Safe for use by many threads.
///
/// Bounded: metrics beyond the table's room and oversized texts are not kept, since metadata only
/// helps people and must not fill the memory.
public final class MetadataTable {
  private static final int METRICS = 20_000;
  private static final int TEXT_LENGTH = 4096;

  private final ConcurrentSkipListMap<String, MetricMetadata> byMetric =
      new ConcurrentSkipListMap<>(Utf8Order.INSTANCE);

  /// Takes an entry and answers whether it says something new.
  public boolean put(MetricMetadata entry) {
    if (entry.metric().isEmpty()
        || entry.metric().length() + entry.unit().length() + entry.help().length() > TEXT_LENGTH) {
      return false;
    }
    MetricMetadata known = byMetric.get(entry.metric());
    if (known == null ? byMetric.size() >= METRICS : known.equals(entry)) {
      return false;
    }
    byMetric.put(entry.metric(), entry);
    return true;
  }

  /// The entries sorted by metric; see [io.evenkeel.tsdb.storage.TimeSeriesStore#metadata].
  public List<MetricMetadata> find(String metric, int limit) {
    if (!metric.isEmpty()) {
      MetricMetadata known = byMetric.get(metric);
      return known == null ? List.of() : List.of(known);
    }
    return byMetric.values().stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
  }
}
