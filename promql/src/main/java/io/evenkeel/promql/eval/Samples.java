package io.evenkeel.promql.eval;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One series' samples in time order, in columns, used again for the next series. Not thread-safe.
final class Samples {
  /// What a sample takes: its time and its value.
  static final int BYTES_OF_A_SAMPLE = 16;

  long[] times;
  double[] values;
  int size;

  /// The samples that are histograms, or null when none is.
  @Nullable Histogram @Nullable [] histograms;

  /// When the samples' counters began, epoch milliseconds, 0 when unknown; null when none is known.
  long @Nullable [] starts;

  Samples() {
    this(256);
  }

  Samples(int capacity) {
    times = new long[capacity];
    values = new double[capacity];
  }

  void clear() {
    size = 0;
    histograms = null;
    starts = null;
  }

  private void ensure(int capacity) {
    if (capacity > times.length) {
      int grown = Math.max(capacity, times.length * 2);
      times = Arrays.copyOf(times, grown);
      values = Arrays.copyOf(values, grown);
    }
  }

  void add(long time, double value) {
    ensure(size + 1);
    times[size] = time;
    values[size++] = value;
  }

  void add(long time, Histogram histogram) {
    add(time, 0);
    if (histograms == null || histograms.length < times.length) {
      histograms =
          histograms == null
              ? new Histogram[times.length]
              : Arrays.copyOf(histograms, times.length);
    }
    histograms[size - 1] = histogram;
  }

  /// Takes what a cursor read, without the markers that end a series.
  ///
  /// @param detectResets whether histograms are to be told apart that follow a counter reset
  void take(SampleColumns columns, boolean detectResets) {
    clear();
    int count = columns.size();
    ensure(count);
    long[] fromTimes = columns.times();
    long[] bits = columns.valueBits();
    if (!columns.hasHistograms() && !columns.hasStartTimes()) {
      // In local variables: what is written to the arrays could otherwise be these fields.
      long[] toTimes = times;
      double[] toValues = values;
      int taken = 0;
      for (int i = 0; i < count; i++) {
        long value = bits[i];
        if (!StaleMarker.is(value)) {
          toTimes[taken] = fromTimes[i];
          toValues[taken++] = Double.longBitsToDouble(value);
        }
      }
      size = taken;
      return;
    }
    if (columns.hasStartTimes()) {
      starts = new long[count];
    }
    Histogram before = null;
    for (int i = 0; i < count; i++) {
      if (StaleMarker.is(bits[i])) {
        continue;
      }
      NativeHistogram stored = columns.histogram(i);
      if (stored == null) {
        add(fromTimes[i], Double.longBitsToDouble(bits[i]));
        before = null;
      } else {
        Histogram histogram = Histogram.of(stored);
        if (detectResets && before != null && histogram.hint() == ResetHint.UNKNOWN) {
          histogram =
              histogram.withHint(histogram.isResetAfter(before) ? ResetHint.YES : ResetHint.NO);
        }
        add(fromTimes[i], histogram);
        before = histogram;
      }
      if (starts != null) {
        starts[size - 1] = columns.startTime(i);
      }
    }
    if (histograms != null && histograms.length < size) {
      histograms = Arrays.copyOf(histograms, size);
    }
  }
}
