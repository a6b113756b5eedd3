package io.evenkeel.hub.hosts;

import io.evenkeel.hub.clean.SuspectSeries;
import io.evenkeel.hub.telemetry.CleanFamilies;
import io.evenkeel.hub.telemetry.SelfSampler;
import io.evenkeel.model.Label;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What cleaning found in a host's samples over a time, read from the series in which it is kept,
/// so that a restart forgets nothing.
///
/// @param rejected doubtful samples by reason, the most frequent first
/// @param resets counters that fell
/// @param suspects outliers of the golden signals, the newest first
public record QualityReport(List<Rejected> rejected, long resets, List<Suspect> suspects) {
  /// More outliers than this are not listed.
  static final int MAX_SUSPECTS = 500;

  public QualityReport {
    rejected = List.copyOf(rejected);
    suspects = List.copyOf(suspects);
  }

  /// How many samples were doubtful for a reason.
  public record Rejected(String reason, long count) {}

  /// An outlier.
  ///
  /// @param at when, epoch milliseconds
  /// @param value the raw value
  /// @param median what it was judged by; null when that is not stored
  public record Suspect(String signal, long at, double value, @Nullable Double median) {}

  /// Reads the report of a host over a closed time interval, epoch milliseconds.
  public static QualityReport read(Queryable store, String host, long fromMillis, long toMillis) {
    try (StoreReader reader = store.reader(fromMillis, toMillis)) {
      Range range = new Range(reader, fromMillis, toMillis);
      return new QualityReport(rejected(range, host), resets(range, host), suspects(range, host));
    }
  }

  private record Range(StoreReader reader, long fromMillis, long toMillis) {
    List<Series> select(Matcher... matchers) {
      return reader.select(List.of(matchers));
    }

    SampleColumns samples(Series series) {
      SampleColumns samples = new SampleColumns(256);
      SampleCursor cursor = series.samples(fromMillis, toMillis);
      int read;
      do {
        read = cursor.read(samples, 4096);
      } while (read > 0);
      return samples;
    }
  }

  private static List<Series> counters(Range range, String metric, String host) {
    return range.select(
        Matcher.equal(Label.METRIC_NAME, metric),
        Matcher.equal(Label.JOB, SelfSampler.JOB),
        Matcher.equal(CleanFamilies.HOST, host));
  }

  private static List<Rejected> rejected(Range range, String host) {
    Map<String, Long> counts = new HashMap<>();
    for (Series series : counters(range, CleanFamilies.DOUBTFUL, host)) {
      String reason = series.labels().valueOrEmpty(CleanFamilies.REASON);
      counts.merge(reason, growth(range.samples(series), range.fromMillis()), Long::sum);
    }
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .map(entry -> new Rejected(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparing(Rejected::count).reversed().thenComparing(Rejected::reason))
        .toList();
  }

  private static long resets(Range range, String host) {
    long sum = 0;
    for (Series series : counters(range, CleanFamilies.RESETS, host)) {
      sum += growth(range.samples(series), range.fromMillis());
    }
    return sum;
  }

  /// By how much a counter grew. The hub's counters begin at 0 with the hub and are first stored
  /// with their first event, so a value below the one before counts whole, and so does a first
  /// value unless the range begins before it by less than a sampling's distance, that is, cuts into
  /// the series.
  private static long growth(SampleColumns samples, long fromMillis) {
    boolean cut =
        samples.size() > 0 && samples.times()[0] - fromMillis < SelfSampler.PERIOD.toMillis() * 2;
    double sum = 0;
    double before = cut ? Double.longBitsToDouble(samples.valueBits()[0]) : 0;
    for (int i = 0; i < samples.size(); i++) {
      double value = Double.longBitsToDouble(samples.valueBits()[i]);
      sum += value >= before ? value - before : value;
      before = value;
    }
    return Math.round(sum);
  }

  private static List<Suspect> suspects(Range range, String host) {
    Map<String, Map<Long, Double>> medians = new HashMap<>();
    for (Series series : marks(range, SuspectSeries.MEDIAN, host)) {
      SampleColumns samples = range.samples(series);
      Map<Long, Double> bySignal =
          medians.computeIfAbsent(
              series.labels().valueOrEmpty(SuspectSeries.SIGNAL), signal -> new HashMap<>());
      for (int i = 0; i < samples.size(); i++) {
        bySignal.put(samples.times()[i], Double.longBitsToDouble(samples.valueBits()[i]));
      }
    }
    List<Suspect> suspects = new ArrayList<>();
    for (Series series : marks(range, SuspectSeries.VALUE, host)) {
      String signal = series.labels().valueOrEmpty(SuspectSeries.SIGNAL);
      SampleColumns samples = range.samples(series);
      for (int i = 0; i < samples.size(); i++) {
        long bits = samples.valueBits()[i];
        if (!StaleMarker.is(bits)) {
          long at = samples.times()[i];
          suspects.add(
              new Suspect(
                  signal,
                  at,
                  Double.longBitsToDouble(bits),
                  medians.getOrDefault(signal, Map.of()).get(at)));
        }
      }
    }
    suspects.sort(Comparator.comparing(Suspect::at).reversed().thenComparing(Suspect::signal));
    return suspects.subList(0, Math.min(MAX_SUSPECTS, suspects.size()));
  }

  private static List<Series> marks(Range range, String metric, String host) {
    return range.select(
        Matcher.equal(Label.METRIC_NAME, metric), Matcher.equal(Label.INSTANCE, host));
  }
}
