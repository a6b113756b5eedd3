package io.evenkeel.promql.random;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// An hour of made-up series: counters with resets, gauges, classic histograms, gaps, ends, NaN and
/// infinities; on request native histograms and info metrics too.
///
/// Times lie off any round second, so that no sample is at a window's very end: there Prometheus 2
/// and 3 differ.
public final class RandomSamples {
  /// The names of the plain series.
  public static final List<String> METRICS =
      List.of("requests_total", "cpu_seconds_total", "temperature", "level", "latency_bucket");

  /// How long the samples go on, milliseconds from 0.
  public static final long END = 3_600_000;

  private static final long STEP = 15_000;

  private RandomSamples() {}

  /// One number of a series.
  public record Sample(long time, double value, boolean stale) {}

  /// A series of numbers.
  public record Numbers(Labels labels, List<Sample> samples) {}

  /// The series of numbers.
  public static List<Numbers> numbers(Random random) {
    List<Numbers> all = new ArrayList<>();
    for (String job : List.of("a", "b")) {
      for (int instance = 0; instance < 4; instance++) {
        String name = "i" + instance;
        all.add(
            counter(random, Labels.of("__name__", "requests_total", "job", job, "instance", name)));
        for (String mode : List.of("idle", "user", "system")) {
          all.add(
              counter(
                  random,
                  Labels.of(
                      "__name__",
                      "cpu_seconds_total",
                      "job",
                      job,
                      "instance",
                      name,
                      "mode",
                      mode)));
        }
        all.add(gauge(random, Labels.of("__name__", "temperature", "job", job, "instance", name)));
        all.add(
            gauge(
                random,
                Labels.of("__name__", "level", "job", job, "instance", name, "mode", "user")));
        all.addAll(buckets(random, job, name));
      }
    }
    return all;
  }

  private static long time(Random random, int index, long phase) {
    long second = Math.floorDiv(index * STEP + phase, 1_000) * 1_000;
    return second + 100 + random.nextInt(500);
  }

  private static Numbers counter(Random random, Labels labels) {
    long phase = 1_111L + random.nextInt(9_000);
    boolean whole = random.nextBoolean();
    double value = 1_000 + random.nextInt(1_000);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i * STEP + phase < END - STEP; i++) {
      value += whole ? random.nextInt(50) : random.nextDouble() * 3;
      if (random.nextInt(60) == 0) {
        // Far enough from zero that Prometheus 2 and 3 extrapolate alike.
        value = Math.min(value, 700 + random.nextInt(5));
      }
      if (random.nextInt(25) != 0) {
        samples.add(new Sample(time(random, i, phase), value, false));
      } else if (random.nextInt(6) == 0) {
        samples.add(new Sample(time(random, i, phase), 0, true));
        i += random.nextInt(30);
      }
    }
    return new Numbers(labels, samples);
  }

  private static Numbers gauge(Random random, Labels labels) {
    long phase = 1_111L + random.nextInt(9_000);
    List<Sample> samples = new ArrayList<>();
    double value = random.nextGaussian() * 20;
    boolean strange = random.nextInt(5) == 0;
    for (int i = 0; i * STEP + phase < END - STEP; i++) {
      value += random.nextInt(3) == 0 ? 0 : random.nextGaussian();
      double shown = Math.round(value * 100) / 100.0;
      if (strange && random.nextInt(20) == 0) {
        shown =
            switch (random.nextInt(4)) {
              case 0 -> Double.NaN;
              case 1 -> Double.POSITIVE_INFINITY;
              case 2 -> Double.NEGATIVE_INFINITY;
              default -> 1e300;
            };
      }
      if (random.nextInt(30) == 0) {
        i += random.nextInt(40);
      }
      samples.add(new Sample(time(random, i, phase), shown, false));
    }
    samples.removeIf(sample -> sample.time >= END);
    return new Numbers(labels, samples);
  }

  private static List<Numbers> buckets(Random random, String job, String instance) {
    List<String> bounds = List.of("0.1", "0.5", "1", "5", "+Inf");
    List<List<Sample>> columns = new ArrayList<>();
    bounds.forEach(bound -> columns.add(new ArrayList<>()));
    double[] counts = new double[bounds.size()];
    java.util.Arrays.fill(counts, 300);
    long phase = 1_111L + random.nextInt(9_000);
    for (int i = 0; i * STEP + phase < END - STEP; i++) {
      long time = time(random, i, phase);
      double below = 0;
      for (int b = 0; b < counts.length; b++) {
        counts[b] += random.nextInt(4);
        below += counts[b];
        columns.get(b).add(new Sample(time, below, false));
      }
    }
    List<Numbers> all = new ArrayList<>();
    for (int b = 0; b < counts.length; b++) {
      all.add(
          new Numbers(
              Labels.of(
                  "__name__",
                  "latency_bucket",
                  "job",
                  job,
                  "instance",
                  instance,
                  "le",
                  bounds.get(b)),
              columns.get(b)));
    }
    return all;
  }

  /// Puts series into a batch.
  ///
  /// @param shift added to every time, milliseconds
  /// @param stale whether the markers that end a series are put in too
  public static SampleBatch batch(List<Numbers> series, long shift, boolean stale) {
    SampleBatch batch = new SampleBatch();
    for (Numbers numbers : series) {
      int number = batch.addSeries(numbers.labels);
      for (Sample sample : numbers.samples) {
        if (sample.stale && !stale) {
          continue;
        }
        batch.addSample(
            number,
            shift + sample.time,
            sample.stale ? StaleMarker.BITS : Double.doubleToRawLongBits(sample.value));
      }
    }
    return batch;
  }

  /// Adds native histograms of every kind, series that change from numbers to histograms, and an
  /// info metric.
  public static void addNative(SampleBatch batch, Random random) {
    for (String job : List.of("a", "b")) {
      for (int instance = 0; instance < 3; instance++) {
        String name = "i" + instance;
        int series = batch.addSeries(Labels.of("__name__", "native", "job", job, "instance", name));
        int mixed = batch.addSeries(Labels.of("__name__", "mixed", "job", job, "instance", name));
        int info =
            batch.addSeries(
                Labels.of(
                    "__name__",
                    "target_info",
                    "job",
                    job,
                    "instance",
                    name,
                    "version",
                    "v" + instance));
        double[] up = new double[3 + random.nextInt(4)];
        double[] down = new double[random.nextInt(3)];
        int schema = instance == 2 ? NativeHistogram.CUSTOM_BUCKETS_SCHEMA : random.nextInt(5) - 1;
        for (int i = 0; i < 200; i++) {
          long time = i * STEP + 2_345;
          if (random.nextInt(50) == 0) {
            up = new double[up.length];
            schema =
                schema == NativeHistogram.CUSTOM_BUCKETS_SCHEMA ? schema : random.nextInt(5) - 1;
          }
          NativeHistogram histogram = histogram(random, schema, up, down);
          batch.addHistogram(series, time, histogram, i > 100 ? 1_500_000 : 0);
          if (i % 20 < 10) {
            batch.addHistogram(mixed, time, histogram, 0);
          } else {
            batch.addSample(mixed, time, (double) i);
          }
          batch.addSample(info, time, 1.0);
        }
      }
    }
  }

  private static NativeHistogram histogram(Random random, int schema, double[] up, double[] down) {
    boolean custom = schema == NativeHistogram.CUSTOM_BUCKETS_SCHEMA;
    double count = 0;
    for (int b = 0; b < up.length; b++) {
      up[b] += random.nextInt(5);
      count += up[b];
    }
    double[] negative = custom ? new double[0] : down.clone();
    for (int b = 0; b < negative.length; b++) {
      down[b] += random.nextInt(3);
      negative[b] = down[b];
      count += negative[b];
    }
    double zero = custom ? 0 : random.nextInt(2);
    double[] bounds = custom ? new double[up.length - 1] : new double[0];
    for (int b = 0; b < bounds.length; b++) {
      bounds[b] = (b + 1) * (random.nextInt(10) == 0 ? 2.5 : 2);
    }
    java.util.Arrays.sort(bounds);
    for (int b = 1; b < bounds.length; b++) {
      bounds[b] = Math.max(bounds[b], bounds[b - 1] + 0.5);
    }
    return new NativeHistogram(
        schema,
        false,
        random.nextInt(20) == 0 ? ResetHint.GAUGE : ResetHint.UNKNOWN,
        custom ? 0 : 0.001 * (1 + random.nextInt(2)),
        zero,
        count + zero,
        random.nextInt(40) == 0 ? Double.NaN : count * 1.5,
        List.of(new Span(custom ? 0 : random.nextInt(3) - 1, up.length)),
        up.clone(),
        negative.length == 0 ? List.of() : List.of(new Span(0, negative.length)),
        negative,
        bounds);
  }
}
