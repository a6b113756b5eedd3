package io.evenkeel.tsdb.memory;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.Utf8Order;
import io.evenkeel.tsdb.storage.AppendReport;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.StoreStatistics;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A time-series store in sorted maps: simple enough to be obviously right, and gone at the end of
/// the process. It accepts samples of any time. One lock guards everything; readers see a copy of
/// what their interval held when they read it.
public final class MemoryStore implements TimeSeriesStore {
  private static final int MOST_DETAILS = 10;

  private record Sample(long valueBits, long startMillis, @Nullable NativeHistogram histogram) {
    boolean sameValue(Sample other) {
      return valueBits == other.valueBits
          && (histogram == null ? other.histogram == null : histogram.equals(other.histogram));
    }
  }

  private final TreeMap<Labels, TreeMap<Long, Sample>> series = new TreeMap<>();
  private final TreeMap<Labels, TreeMap<Long, Exemplar>> exemplars = new TreeMap<>();
  private final TreeMap<String, MetricMetadata> metadata = new TreeMap<>(Utf8Order.INSTANCE);
  private long appended;

  @Override
  public synchronized AppendReport append(SampleBatch batch) {
    Map<Rejection, Integer> rejected = new EnumMap<>(Rejection.class);
    List<String> details = new ArrayList<>();
    @Nullable Labels[] labels = new Labels[batch.seriesCount()];
    for (int i = 0; i < labels.length; i++) {
      try {
        labels[i] = batch.labels(i);
      } catch (InvalidLabelsException e) {
        if (details.size() < MOST_DETAILS) {
          details.add(String.valueOf(e.getMessage()));
        }
      }
    }
    int samples = 0;
    int histograms = 0;
    for (int i = 0; i < batch.sampleCount(); i++) {
      Labels identity = labels[batch.series(i)];
      if (identity == null) {
        rejected.merge(Rejection.INVALID_LABELS, 1, Integer::sum);
        continue;
      }
      NativeHistogram histogram = batch.histogram(i);
      Sample sample = new Sample(batch.valueBits(i), batch.startTime(i), histogram);
      Sample before =
          series
              .computeIfAbsent(identity, key -> new TreeMap<>())
              .putIfAbsent(batch.time(i), sample);
      if (before != null) {
        Rejection reason = before.sameValue(sample) ? Rejection.DUPLICATE : Rejection.CONFLICT;
        rejected.merge(reason, 1, Integer::sum);
        if (reason == Rejection.CONFLICT && details.size() < MOST_DETAILS) {
          details.add(identity + " has another value at " + batch.time(i));
        }
      } else if (histogram == null) {
        samples++;
      } else {
        histograms++;
      }
    }
    int kept = 0;
    for (SampleBatch.SeriesExemplar entry : batch.exemplars()) {
      Labels identity = labels[entry.series()];
      if (identity != null) {
        exemplars
            .computeIfAbsent(identity, key -> new TreeMap<>())
            .put(entry.exemplar().timestampMillis(), entry.exemplar());
        kept++;
      }
    }
    batch.metadata().forEach(entry -> metadata.put(entry.metric(), entry));
    appended += samples + histograms;
    return new AppendReport(samples, histograms, kept, rejected, details);
  }

  @Override
  public synchronized int delete(List<Matcher> matchers, long fromMillis, long toMillis) {
    int matched = 0;
    Iterator<Map.Entry<Labels, TreeMap<Long, Sample>>> entries = series.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Labels, TreeMap<Long, Sample>> entry = entries.next();
      if (matches(entry.getKey(), matchers)) {
        matched++;
        entry.getValue().subMap(fromMillis, true, toMillis, true).clear();
        if (entry.getValue().isEmpty()) {
          entries.remove();
        }
      }
    }
    return matched;
  }

  @Override
  public synchronized List<MetricMetadata> metadata(String metric, int limit) {
    return metadata.values().stream()
        .filter(entry -> metric.isEmpty() || entry.metric().equals(metric))
        .limit(limit == 0 ? Long.MAX_VALUE : limit)
        .toList();
  }

  @Override
  public synchronized List<SeriesExemplars> exemplars(
      List<List<Matcher>> selectors, long fromMillis, long toMillis) {
    List<SeriesExemplars> found = new ArrayList<>();
    exemplars.forEach((labels, byTime) -> {
      List<Exemplar> inside = List.copyOf(byTime.subMap(fromMillis, true, toMillis, true).values());
      if (!inside.isEmpty() && selectors.stream().anyMatch(all -> matches(labels, all))) {
        found.add(new SeriesExemplars(labels, inside));
      }
    });
    return found;
  }

  @Override
  public synchronized StoreStatistics statistics() {
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    for (TreeMap<Long, Sample> samples : series.values()) {
      oldest = Math.min(oldest, samples.firstKey());
      newest = Math.max(newest, samples.lastKey());
    }
    return new StoreStatistics(series.size(), series.size(), oldest, newest, appended, 0, 0, false);
  }

  @Override
  public StoreReader reader(long fromMillis, long toMillis) {
    return new Reader(fromMillis, toMillis);
  }

  @Override
  public void close() {}

  private static boolean matches(Labels labels, List<Matcher> matchers) {
    for (Matcher matcher : matchers) {
      if (!matcher.matches(labels.valueOrEmpty(matcher.name()))) {
        return false;
      }
    }
    return true;
  }

  /// Reads under the store's lock, one call at a time.
  private final class Reader implements StoreReader {
    private final long fromMillis;
    private final long toMillis;

    Reader(long fromMillis, long toMillis) {
      this.fromMillis = fromMillis;
      this.toMillis = toMillis;
    }

    @Override
    public List<Series> select(List<Matcher> matchers) {
      synchronized (MemoryStore.this) {
        List<Series> found = new ArrayList<>();
        series.forEach((labels, samples) -> {
          if (matches(labels, matchers)
              && !samples.subMap(fromMillis, true, toMillis, true).isEmpty()) {
            found.add(new StoredSeries(labels, samples));
          }
        });
        return found;
      }
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, int limit) {
      return collect(matchers, limit, labels -> labels.toMap().keySet());
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, int limit) {
      return collect(
          matchers,
          limit,
          labels -> {
            String value = labels.get(name);
            return value == null ? Set.of() : Set.of(value);
          });
    }

    private List<String> collect(
        List<Matcher> matchers, int limit, Function<Labels, Set<String>> texts) {
      TreeSet<String> sorted = new TreeSet<>(Utf8Order.INSTANCE);
      for (Series one : select(matchers)) {
        sorted.addAll(texts.apply(one.labels()));
      }
      return sorted.stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
    }

    @Override
    public void close() {}
  }

  private final class StoredSeries implements Series {
    private final Labels labels;
    private final TreeMap<Long, Sample> samples;

    StoredSeries(Labels labels, TreeMap<Long, Sample> samples) {
      this.labels = labels;
      this.samples = samples;
    }

    @Override
    public Labels labels() {
      return labels;
    }

    @Override
    public SampleCursor samples(long fromMillis, long toMillis) {
      List<Map.Entry<Long, Sample>> copy;
      synchronized (MemoryStore.this) {
        copy =
            List.copyOf(new TreeMap<>(samples.subMap(fromMillis, true, toMillis, true)).entrySet());
      }
      return new CopyCursor(copy);
    }
  }

  private static final class CopyCursor implements SampleCursor {
    private final List<Map.Entry<Long, Sample>> entries;
    private int next;

    CopyCursor(List<Map.Entry<Long, Sample>> entries) {
      this.entries = entries;
    }

    @Override
    public int read(SampleColumns into, int atMost) {
      int end = Math.min(entries.size(), next + Math.max(1, atMost));
      int begun = next;
      for (; next < end; next++) {
        long time = entries.get(next).getKey();
        Sample sample = entries.get(next).getValue();
        if (sample.histogram() == null) {
          into.add(time, sample.valueBits(), sample.startMillis());
        } else {
          into.add(time, sample.histogram(), sample.startMillis());
        }
      }
      return next - begun;
    }
  }
}
