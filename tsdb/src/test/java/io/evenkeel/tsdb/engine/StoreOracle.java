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
import java.util.Arrays;
import java.util.List;

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
