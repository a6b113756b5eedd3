package io.evenkeel.promql.promtest;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.parse.PromqlSyntaxException;
import io.evenkeel.promql.promtest.SeriesNotation.NotationException;
import java.util.stream.IntStream;

/// Series in the notation of test scripts, whose samples come with the time: those of a rule's unit
/// test. Used by one thread.
public final class InputSeries {
  private final LoadBlock block;
  private final long start;
  private SampleBatch all = new SampleBatch();
  private int[] byTime = {};
  private int next;
  private boolean complete;

  /// @param startMillis the time of each series' first sample, epoch milliseconds
  /// @param stepMillis between two samples
  public InputSeries(long startMillis, long stepMillis) {
    this.start = startMillis;
    this.block = new LoadBlock(stepMillis);
  }

  /// Adds a series, `metric{a="b"}`, and its values, `1+2x3 _ stale`. All are added before the
  /// first is taken.
  ///
  /// @throws NotationException when the values are not understood
  /// @throws PromqlSyntaxException when the series is not
  public void add(String series, String values) {
    block.add(series + " " + values);
  }

  /// The samples up to a time, epoch milliseconds, that were not taken before.
  public SampleBatch until(long timeMillis) {
    if (!complete) {
      all = block.batch(false);
      byTime =
          IntStream.range(0, all.sampleCount())
              .boxed()
              .sorted((a, b) -> Long.compare(all.time(a), all.time(b)))
              .mapToInt(Integer::intValue)
              .toArray();
      complete = true;
    }
    SampleBatch due = new SampleBatch();
    int[] numbers = new int[all.seriesCount()];
    java.util.Arrays.fill(numbers, -1);
    for (; next < byTime.length && start + all.time(byTime[next]) <= timeMillis; next++) {
      int sample = byTime[next];
      int series = all.series(sample);
      if (numbers[series] < 0) {
        numbers[series] =
            due.addSeries(all.labelBytes(series), all.labelOffset(series), all.labelLength(series));
      }
      NativeHistogram histogram = all.histogram(sample);
      if (histogram == null) {
        due.addSample(numbers[series], start + all.time(sample), all.valueBits(sample));
      } else {
        due.addHistogram(numbers[series], start + all.time(sample), histogram, 0);
      }
    }
    return due;
  }
}
