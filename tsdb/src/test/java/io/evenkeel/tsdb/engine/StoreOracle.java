package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.AppendReport;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Writes out what a store holds, so that two stores can be compared.
final class StoreOracle {
  private StoreOracle() {}

  static AppendReport append(TimeSeriesStore store, Labels labels, long time, double value) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(labels), time, value);
    return store.append(batch);
  }

  /// Every series with every sample of an interval, as text; series without samples are left out.
  static String dump(TimeSeriesStore store, long from, long to, Matcher... matchers) {
    StringBuilder text = new StringBuilder();
    try (StoreReader reader = store.reader(from, to)) {
      for (Series series : reader.select(List.of(matchers))) {
        SampleColumns columns = new SampleColumns(256);
        SampleCursor cursor = series.samples(from, to);
        while (cursor.read(columns, 1_000) > 0) {}
        if (columns.size() == 0) {
          continue;
        }
        text.append(series.labels()).append('\n');
        for (int i = 0; i < columns.size(); i++) {
          text.append("  ").append(columns.times()[i]).append(' ');
          NativeHistogram histogram = columns.histogram(i);
          text.append(
              histogram == null ? Long.toHexString(columns.valueBits()[i]) : describe(histogram));
          text.append(" @").append(columns.startTime(i)).append('\n');
        }
      }
    }
    return text.toString();
  }

  /// What an interval of one store lacks or has beyond another's, a few lines of it; empty when
  /// they hold the same.
  static String difference(TimeSeriesStore actual, TimeSeriesStore expected, long from, long to) {
    List<String> has = lines(dump(actual, from, to));
    List<String> should = lines(dump(expected, from, to));
    Set<String> hasSet = new HashSet<>(has);
    Set<String> shouldSet = new HashSet<>(should);
    StringBuilder text = new StringBuilder();
    should.stream()
        .filter(l -> !hasSet.contains(l))
        .limit(5)
        .forEach(l -> text.append("lacks ").append(l).append('\n'));
    has.stream()
        .filter(l -> !shouldSet.contains(l))
        .limit(5)
        .forEach(l -> text.append("has beyond ").append(l).append('\n'));
    if (text.isEmpty() && has.size() != should.size()) {
      text.append("has ").append(has.size()).append(" lines, should have ").append(should.size());
    }
    return text.toString();
  }

  /// A dump's samples, each with its series in front.
  private static List<String> lines(String dump) {
    List<String> lines = new ArrayList<>();
    String series = "";
    for (String line : dump.lines().toList()) {
      if (line.startsWith(" ")) {
        lines.add(series + line);
      } else {
        series = line;
      }
    }
    return lines;
  }

  /// Everything, since a record's own text leaves out what its arrays hold.
  private static String describe(NativeHistogram h) {
    return h.schema()
        + " "
        + h.integer()
        + " "
        + h.resetHint()
        + " "
        + h.zeroThreshold()
        + " "
        + h.zeroCount()
        + " "
        + h.count()
        + " "
        + Long.toHexString(Double.doubleToRawLongBits(h.sum()))
        + h.positiveSpans()
        + h.negativeSpans()
        + Arrays.toString(h.positiveCounts())
        + Arrays.toString(h.negativeCounts())
        + Arrays.toString(h.customBounds());
  }
}
