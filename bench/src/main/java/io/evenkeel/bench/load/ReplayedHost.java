package io.evenkeel.bench.load;

import io.evenkeel.bench.load.Recording.RecordedSeries;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// One host that replays a window of a recording, with values of its own.
///
/// The window begins at a page of the host's own; at the recording's end it begins again, counters
/// going on. What varies gets a base of the host's own, and each change is stretched by up to an
/// eighth at random, so that no two varying series are equal; the numbers keep their decimal places
/// and what all of them are multiples of (memory comes in pages), counters never fall, what does
/// not change stays as it is.
public final class ReplayedHost {
  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12
  };

  private final Recording recording;
  private final byte[][] labels;
  private final long[] now;
  private final long[] base;
  private final SplittableRandom random;
  private int page;

  /// @param series how many of the recording's series it has; more than there are come again under
  ///   a further label
  public ReplayedHost(Recording recording, int number, int series) {
    this.recording = recording;
    random = new SplittableRandom(number);
    page = random.nextInt(recording.pages());
    labels = new byte[series][];
    now = new long[series];
    base = new long[series];
    int all = recording.series().size();
    for (int i = 0; i < series; i++) {
      RecordedSeries one = recording.series().get(i % all);
      List<String> pairs = new ArrayList<>(one.labels());
      pairs.addAll(
          List.of(
              "__name__",
              one.name(),
              "instance",
              "host-%05d.example.org:9100".formatted(number),
              "job",
              "node"));
      if (i >= all) {
        pairs.addAll(List.of("part", Integer.toString(i / all)));
      }
      labels[i] = LabelBytes.encode(Labels.of(pairs.toArray(String[]::new)));
      long first = one.numbers()[page];
      now[i] = first(first);
      if (one.varies()) {
        // Counters of a host that runs longer; gauges below the recorded ones, as memory in use
        // stays below all memory.
        long own = multiple(Math.abs(now[i]) * random.nextDouble(0.3), one.unit());
        now[i] += one.counter() ? own : -own;
      }
      base[i] = now[i] - first(first);
    }
  }

  /// Adds a sample of each series at a time, and turns the page.
  public void scrape(SampleBatch into, long timeMillis) {
    int before = page;
    page = (page + 1) % recording.pages();
    for (int i = 0; i < labels.length; i++) {
      RecordedSeries one = recording.series().get(i % recording.series().size());
      long from = one.numbers()[before];
      long to = one.numbers()[page];
      if (to == RecordedSeries.MISSING) {
        continue;
      }
      long change = from == RecordedSeries.MISSING ? 0 : stretched(to - from, one);
      now[i] = one.counter() ? now[i] + change : base[i] + from(from, to) + change;
      into.addSample(
          into.addSeries(labels[i], 0, labels[i].length),
          timeMillis,
          now[i] / POWERS[one.places()]);
    }
  }

  private static long first(long recorded) {
    return recorded == RecordedSeries.MISSING ? 0 : recorded;
  }

  private static long from(long before, long now) {
    return before == RecordedSeries.MISSING ? now : before;
  }

  private long stretched(long change, RecordedSeries of) {
    if (change == 0 || (of.counter() && change < 0)) {
      return 0;
    }
    return change + multiple(change * (random.nextDouble() - 0.5) / 4, of.unit());
  }

  private static long multiple(double value, long unit) {
    return (long) (value / unit) * unit;
  }
}
