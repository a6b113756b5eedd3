package io.evenkeel.tsdb.engine;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// What was sent to a store and what of it the store acknowledged.
///
/// A sample's value follows from its series and time, so an invented or changed sample shows
/// without having been recorded.
final class Ledger {
  private final int seriesCount;
  private final Map<Labels, Set<Long>> acknowledged = new HashMap<>();
  private final Map<Labels, Set<Long>> sent = new HashMap<>();

  Ledger(int seriesCount) {
    this.seriesCount = seriesCount;
  }

  static Labels labels(int series) {
    return Labels.of("__name__", "ledger", "half", series % 2 == 0 ? "a" : "b", "n", "" + series);
  }

  /// The one value of a series at a time; some kinds pack well, some do not.
  static long valueBits(Labels series, long time) {
    long mixed = (series.hashCode() * 0x9E3779B97F4A7C15L) ^ (time * 0xC2B2AE3D27D4EB4FL);
    mixed ^= mixed >>> 31;
    return switch (Math.floorMod(series.hashCode(), 3)) {
      case 0 -> Double.doubleToRawLongBits(time / 1_000.0);
      case 1 -> Double.doubleToRawLongBits((mixed & 0xFFFF) / 100.0);
      default -> mixed;
    };
  }

  /// A batch with a sample of every series at a time, and sometimes late ones; noted as sent.
  SampleBatch batch(long time, Random random) {
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < seriesCount; i++) {
      Labels labels = labels(i);
      int number = batch.addSeries(labels);
      add(batch, number, labels, time);
      if (random.nextInt(5) == 0) {
        add(batch, number, labels, time - 500 - 1_000L * random.nextInt(20_000));
      }
    }
    return batch;
  }

  private void add(SampleBatch batch, int number, Labels labels, long time) {
    batch.addSample(number, time, valueBits(labels, time));
    sent.computeIfAbsent(labels, _ -> new HashSet<>()).add(time);
  }

  /// Notes that the store promised a batch.
  void acknowledge(SampleBatch batch) {
    for (int i = 0; i < batch.sampleCount(); i++) {
      Labels labels = labelsOf(batch, i);
      acknowledged.computeIfAbsent(labels, _ -> new HashSet<>()).add(batch.time(i));
    }
  }

  private static Labels labelsOf(SampleBatch batch, int sample) {
    try {
      return batch.labels(batch.series(sample));
    } catch (InvalidLabelsException e) {
      throw new AssertionError(e);
    }
  }

  /// What a store lost, invented, changed or doubled, a few of each; empty when nothing.
  List<String> wrongIn(TimeSeriesStore store) {
    return wrongIn(store, true);
  }

  /// The same, but it may have lost samples.
  List<String> wrongButForLossIn(TimeSeriesStore store) {
    return wrongIn(store, false);
  }

  private List<String> wrongIn(TimeSeriesStore store, boolean lossCounts) {
    List<String> wrong = new ArrayList<>();
    Map<Labels, Set<Long>> missing = new HashMap<>();
    if (lossCounts) {
      acknowledged.forEach((labels, times) -> missing.put(labels, new HashSet<>(times)));
    }
    try (StoreReader reader = store.reader(0, Long.MAX_VALUE)) {
      for (Series series : reader.select(List.of())) {
        SampleColumns columns = new SampleColumns(256);
        SampleCursor cursor = series.samples(0, Long.MAX_VALUE);
        while (cursor.read(columns, 1_000) > 0) {}
        Set<Long> known = sent.getOrDefault(series.labels(), Set.of());
        for (int i = 0; i < columns.size(); i++) {
          long time = columns.times()[i];
          if (!known.contains(time)) {
            wrong.add("invented " + series.labels() + " at " + time);
          }
          if (columns.valueBits()[i] != valueBits(series.labels(), time)) {
            wrong.add("changed " + series.labels() + " at " + time);
          }
          if (i > 0 && time <= columns.times()[i - 1]) {
            wrong.add("doubled or out of order " + series.labels() + " at " + time);
          }
          missing.getOrDefault(series.labels(), new HashSet<>()).remove(time);
        }
      }
    }
    missing.forEach((labels, times) ->
        times.stream().limit(3).forEach(time -> wrong.add("lost " + labels + " at " + time)));
    return wrong.subList(0, Math.min(10, wrong.size()));
  }
}
