package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Batches of every kind of sample that a store may see, the same for the same seed.
final class RandomLoad {
  private final Random random;
  private final List<Labels> series = new ArrayList<>();
  private final long[] counters;

  RandomLoad(long seed, int seriesCount) {
    random = new Random(seed);
    for (int i = 0; i < seriesCount; i++) {
      Labels labels =
          Labels.of(
              "__name__", "metric_" + i % 7,
              "instance", "host-" + i % 5,
              "n", Integer.toString(i));
      series.add(i % 11 == 0 ? labels.with("extra", "值 " + i) : labels);
    }
    counters = new long[seriesCount];
  }

  Labels series(int index) {
    return series.get(index);
  }

  int seriesCount() {
    return series.size();
  }

  Random random() {
    return random;
  }

  /// A batch of some series near a time: most at the time, some late by up to `lateMillis`.
  SampleBatch batch(long time, long lateMillis) {
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < series.size(); i++) {
      if (random.nextInt(4) == 0) {
        continue;
      }
      int number = batch.addSeries(series.get(i));
      int samples = random.nextInt(10) == 0 ? 5 : 1;
      for (int k = 0; k < samples; k++) {
        boolean late = random.nextInt(12) == 0;
        long at = late ? time - (long) (random.nextDouble() * lateMillis) : time + k;
        // Few distinct late times, so that duplicates and conflicts happen.
        add(batch, number, i, late ? at / 1_000 * 1_000 : at);
      }
    }
    if (random.nextInt(5) == 0 && batch.seriesCount() > 0) {
      batch.addExemplar(
          0, new Exemplar(Labels.of("trace", Integer.toString(random.nextInt())), 0.5, time));
      batch.addMetadata(
          new MetricMetadata("metric_" + random.nextInt(7), MetricType.GAUGE, "", "Text " + time));
    }
    return batch;
  }

  private void add(SampleBatch batch, int number, int index, long time) {
    long start = index % 5 == 0 && random.nextInt(3) > 0 ? time - 60_000 : 0;
    switch (index % 6) {
      case 0 -> {
        counters[index] += random.nextInt(100);
        batch.addSample(number, time, bits(counters[index]), start);
      }
      case 1 -> {
        counters[index] += random.nextInt(300);
        batch.addSample(number, time, bits(counters[index] / 100.0), start);
      }
      case 2 -> batch.addSample(number, time, bits(random.nextGaussian() * 1e6), start);
      case 3 -> {
        if (random.nextInt(3) == 0) {
          batch.addHistogram(number, time, histogram(), start);
        } else {
          batch.addSample(number, time, bits(random.nextInt(3)), start);
        }
      }
      case 4 -> batch.addSample(number, time, random.nextLong(), start);
      default ->
          batch.addSample(
              number, time, random.nextInt(20) == 0 ? StaleMarker.BITS : bits(7), start);
    }
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private NativeHistogram histogram() {
    boolean integer = random.nextBoolean();
    double[] counts = new double[1 + random.nextInt(4)];
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = integer ? random.nextInt(50) : random.nextDouble();
      sum += counts[i];
    }
    return new NativeHistogram(
        random.nextInt(9) - 1,
        integer,
        ResetHint.values()[random.nextInt(4)],
        0.001,
        0,
        sum,
        random.nextGaussian(),
        List.of(new Span(random.nextInt(10) - 5, counts.length)),
        counts,
        List.of(),
        new double[0],
        new double[0]);
  }
}
