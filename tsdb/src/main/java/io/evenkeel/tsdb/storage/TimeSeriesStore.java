package io.evenkeel.tsdb.storage;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.SampleBatch;
import java.util.List;

/// A store of time series: what is acknowledged is durable, what is durable can be read at once.
/// Safe for use by many threads.
public interface TimeSeriesStore extends Queryable, AutoCloseable {
  /// Stores a batch and returns once it would survive the loss of power. Refused samples are in the
  /// report; the others are stored. The batch is not kept.
  ///
  /// @param source who sends it, such as a host, a sender's token or a scraped job: new series are
  ///   counted for it and limited. Choose it from a set that the sender cannot enlarge
  /// @param mostSeries how many series the source may have brought;
  ///   [WriteLimits#maxSeriesPerSource] when that is less
  /// @throws ReadOnlyStoreException when the store takes no writes for now
  /// @throws StorageException when nothing of the batch can be promised to be durable
  AppendReport append(SampleBatch batch, String source, int mostSeries);

  /// Stores a batch of a source that may bring as many series as any.
  default AppendReport append(SampleBatch batch, String source) {
    return append(batch, source, Integer.MAX_VALUE);
  }

  /// Stores a batch of the process itself, which only the total limit bounds.
  default AppendReport append(SampleBatch batch) {
    return append(batch, "");
  }

  /// Hides a closed time interval of all matching series from every reader, at once and durably,
  /// and answers how many series matched; the bytes go at a later compaction.
  int delete(List<Matcher> matchers, long fromMillis, long toMillis);

  /// What is known of the metrics' meaning, sorted by metric; for one metric when `metric` is not
  /// empty; at most `limit` metrics (0 = no limit).
  List<MetricMetadata> metadata(String metric, int limit);

  /// The exemplars in a closed time interval of series that meet every matcher of one of the
  /// selectors, sorted by series.
  List<SeriesExemplars> exemplars(List<List<Matcher>> selectors, long fromMillis, long toMillis);

  /// The exemplars of one series, oldest first.
  record SeriesExemplars(Labels series, List<Exemplar> exemplars) {
    public SeriesExemplars {
      exemplars = List.copyOf(exemplars);
    }
  }

  /// When samples of which times last changed.
  ChangeLog changes();

  /// The store's own figures now.
  StoreStatistics statistics();

  /// Waits for running writes and releases the store's files.
  @Override
  void close();
}
