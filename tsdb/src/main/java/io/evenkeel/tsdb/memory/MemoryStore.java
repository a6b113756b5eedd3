package io.evenkeel.tsdb.memory;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.SampleBatch.SeriesExemplar;
import io.evenkeel.model.Utf8Order;
import io.evenkeel.tsdb.storage.AppendReport;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import io.evenkeel.tsdb.storage.AppendTally;
import io.evenkeel.tsdb.storage.ChangeLog;
import io.evenkeel.tsdb.storage.HistogramCheck;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.StoreStatistics;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A store that keeps every sample in memory, uncompressed: for PromQL test scripts, rule tests,
/// and as the oracle that the durable engine is compared with.
///
/// Plain on purpose. Safe for use by many threads; nothing outlives the process.
public final class MemoryStore implements TimeSeriesStore {
  private static final int EXEMPLARS = 10_000;
  private static final int SERIES_BYTES = 256;

  private final WriteLimits limits;
  private final InstantSource clock;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final TreeMap<Labels, SampleColumns> series = new TreeMap<>();
  private final MetadataTable metadata = new MetadataTable();
  private final ExemplarRing exemplars = new ExemplarRing(EXEMPLARS);
  private final Map<String, Integer> bySource = new HashMap<>();
  private final ChangeLog changes = new ChangeLog();
  private long appended;

  /// A store that takes samples of any time.
  public MemoryStore() {
    this(WriteLimits.ANY_TIME, InstantSource.system());
  }

  /// A store with limits, whose clock tells which samples are too old or too new.
  public MemoryStore(WriteLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public AppendReport append(SampleBatch batch, String source, int mostSeries) {
    Sender sender = new Sender(source, Math.min(mostSeries, limits.maxSeriesPerSource()));
    AppendTally tally = new AppendTally();
    lock.writeLock().lock();
    try {
      long now = clock.millis();
      @Nullable Labels[] identities = new Labels[batch.seriesCount()];
      String[] problems = new String[batch.seriesCount()];
      for (int i = 0; i < identities.length; i++) {
        Object identity = identity(batch, i);
        if (identity instanceof Labels labels) {
          identities[i] = labels;
        } else {
          problems[i] = identity.toString();
        }
      }
      for (int i = 0; i < batch.sampleCount(); i++) {
        Labels identity = identities[batch.series(i)];
        if (identity == null) {
          String problem = problems[batch.series(i)];
          tally.reject(Rejection.INVALID_LABELS, () -> problem);
        } else {
          appendSample(batch, i, identity, sender, now, tally);
        }
      }
      for (SeriesExemplar entry : batch.exemplars()) {
        Labels identity = identities[entry.series()];
        if (identity != null
            && limits.labelProblem(identity) == null
            && exemplars.add(identity, entry.exemplar())) {
          tally.exemplar();
        }
      }
      batch.metadata().forEach(metadata::put);
    } finally {
      lock.writeLock().unlock();
    }
    return tally.report();
  }

  /// Who sends a batch, and how many series it may have brought.
  private record Sender(String source, int mostSeries) {}

  /// The labels of a series of a batch, or what is wrong with them as a string.
  private Object identity(SampleBatch batch, int index) {
    try {
      Labels labels = batch.labels(index);
      String problem = limits.labelProblem(labels);
      return problem == null ? labels : problem + ": " + labels;
    } catch (InvalidLabelsException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void appendSample(
      SampleBatch batch, int index, Labels identity, Sender sender, long now, AppendTally tally) {
    long time = batch.time(index);
    long bits = batch.valueBits(index);
    NativeHistogram histogram = batch.histogram(index);
    Rejection early = limits.timeProblem(now, time);
    if (early != null) {
      tally.reject(early, () -> identity + " at " + time + ": outside the accepted times");
      return;
    }
    String histogramProblem = histogram == null ? null : HistogramCheck.problem(histogram);
    if (histogramProblem != null) {
      tally.reject(Rejection.INVALID_HISTOGRAM, () -> identity + ": " + histogramProblem);
      return;
    }
    SampleColumns columns = series.get(identity);
    if (columns == null) {
      if (series.size() >= limits.maxSeries()) {
        tally.reject(
            Rejection.SERIES_LIMIT,
            () -> identity + ": there are " + limits.maxSeries() + " series already");
        return;
      }
      if (!sender.source.isEmpty()
          && bySource.getOrDefault(sender.source, 0) >= sender.mostSeries) {
        tally.reject(
            Rejection.SOURCE_SERIES_LIMIT,
            () ->
                identity
                    + ": "
                    + sender.source
                    + " has brought "
                    + sender.mostSeries
                    + " series, which is the most");
        return;
      }
      bySource.merge(sender.source, 1, Integer::sum);
      columns = new SampleColumns(16);
      series.put(identity, columns);
    }
    int at = Arrays.binarySearch(columns.times(), 0, columns.size(), time);
    if (at >= 0) {
      boolean same =
          histogram == null
              ? columns.histogram(at) == null && columns.valueBits()[at] == bits
              : histogram.equals(columns.histogram(at));
      tally.reject(
          same ? Rejection.DUPLICATE : Rejection.CONFLICT,
          () -> identity + " at " + time + ": another value is stored already");
      return;
    }
    if (~at == columns.size()) {
      add(columns, time, bits, histogram, batch.startTime(index));
    } else {
      SampleColumns grown = new SampleColumns(columns.size() + 1);
      copy(columns, 0, ~at, grown);
      add(grown, time, bits, histogram, batch.startTime(index));
      copy(columns, ~at, columns.size(), grown);
      series.put(identity, grown);
    }
    appended++;
    changes.stored(time, time);
    if (histogram == null) {
      tally.sample();
    } else {
      tally.histogram();
    }
  }

  private static void add(
      SampleColumns into, long time, long bits, @Nullable NativeHistogram histogram, long start) {
    if (histogram == null) {
      into.add(time, bits, start);
    } else {
      into.add(time, histogram, start);
    }
  }

  private static void copy(SampleColumns from, int begin, int end, SampleColumns into) {
    for (int i = begin; i < end; i++) {
      add(into, from.times()[i], from.valueBits()[i], from.histogram(i), from.startTime(i));
    }
  }

  @Override
  public int delete(List<Matcher> matchers, long fromMillis, long toMillis) {
    lock.writeLock().lock();
    try {
      int matched = 0;
      for (Map.Entry<Labels, SampleColumns> entry : series.entrySet()) {
        if (!Matcher.all(matchers, entry.getKey())) {
          continue;
        }
        matched++;
        SampleColumns old = entry.getValue();
        SampleColumns kept = new SampleColumns(old.size());
        copy(old, 0, lowerBound(old, fromMillis), kept);
        copy(old, upperBound(old, toMillis), old.size(), kept);
        entry.setValue(kept);
      }
      exemplars.delete(matchers, fromMillis, toMillis);
      changes.removed(fromMillis, toMillis);
      return matched;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// The index of the first sample at or after a time.
  private static int lowerBound(SampleColumns columns, long time) {
    int at = Arrays.binarySearch(columns.times(), 0, columns.size(), time);
    return at >= 0 ? at : ~at;
  }

  /// The index of the first sample after a time.
  private static int upperBound(SampleColumns columns, long time) {
    int at = Arrays.binarySearch(columns.times(), 0, columns.size(), time);
    return at >= 0 ? at + 1 : ~at;
  }

  @Override
  public List<MetricMetadata> metadata(String metric, int limit) {
    return metadata.find(metric, limit);
  }

  @Override
  public List<SeriesExemplars> exemplars(
      List<List<Matcher>> selectors, long fromMillis, long toMillis) {
    return exemplars.find(selectors, fromMillis, toMillis);
  }

  @Override
  public ChangeLog changes() {
    return changes;
  }

  @Override
  public StoreStatistics statistics() {
    lock.readLock().lock();
    try {
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      for (SampleColumns columns : series.values()) {
        if (columns.size() > 0) {
          min = Math.min(min, columns.times()[0]);
          max = Math.max(max, columns.times()[columns.size() - 1]);
        }
      }
      return new StoreStatistics(
          series.size(),
          series.size(),
          min,
          max,
          appended,
          0,
          0,
          false,
          OptionalDouble.empty(),
          Map.of());
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {}

  @Override
  public StoreReader reader(long fromMillis, long toMillis, MemoryBudget budget) {
    return new MemoryReader(fromMillis, toMillis, budget);
  }

  /// Copies what it selects, so that later writes change nothing.
  private final class MemoryReader implements StoreReader {
    private final long from;
    private final long to;
    private final MemoryBudget budget;

    MemoryReader(long from, long to, MemoryBudget budget) {
      this.from = from;
      this.to = to;
      this.budget = budget;
    }

    @Override
    public List<Series> select(List<Matcher> matchers) {
      List<Series> found = new ArrayList<>();
      forEachMatching(
          matchers,
          (labels, columns) -> {
            int begin = lowerBound(columns, from);
            int end = upperBound(columns, to);
            budget.reserve(SERIES_BYTES + 16L * (end - begin));
            SampleColumns copied = new SampleColumns(16);
            copy(columns, begin, end, copied);
            found.add(new MemorySeries(labels, copied));
          });
      return found;
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, int limit) {
      TreeSet<String> names = new TreeSet<>(Utf8Order.INSTANCE);
      forEachMatching(matchers, (labels, _) -> names.addAll(labels.toMap().keySet()));
      return limited(names, limit);
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, int limit) {
      TreeSet<String> values = new TreeSet<>(Utf8Order.INSTANCE);
      forEachMatching(
          matchers,
          (labels, _) -> {
            String value = labels.get(name);
            if (value != null) {
              values.add(value);
            }
          });
      return limited(values, limit);
    }

    private static List<String> limited(TreeSet<String> sorted, int limit) {
      return sorted.stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
    }

    private void forEachMatching(
        List<Matcher> matchers, BiConsumer<Labels, SampleColumns> consumer) {
      lock.readLock().lock();
      try {
        series.forEach((labels, columns) -> {
          if (lowerBound(columns, from) < upperBound(columns, to)
              && Matcher.all(matchers, labels)) {
            consumer.accept(labels, columns);
          }
        });
      } finally {
        lock.readLock().unlock();
      }
    }

    @Override
    public void close() {}
  }

  /// One series' samples of a reader's interval.
  private record MemorySeries(Labels labels, SampleColumns columns) implements Series {
    @Override
    public SampleCursor samples(long fromMillis, long toMillis) {
      int end = upperBound(columns, toMillis);
      return new SampleCursor() {
        private int next = lowerBound(columns, fromMillis);

        @Override
        public int read(SampleColumns into, int atMost) {
          int count = Math.clamp(end - next, 0, atMost);
          copy(columns, next, next + count, into);
          next += count;
          return count;
        }
      };
    }
  }
}
