package io.evenkeel.tsdb.storage;

import io.evenkeel.model.NativeHistogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A growable buffer of one series' samples in time order, in primitive columns.
///
/// Readers fill it, evaluators slide over its arrays without a call per sample. Values are raw
/// bits. The columns for start times and histograms exist only once a sample needs them. Not
/// thread-safe.
public final class SampleColumns {
  private long[] times;
  private long[] valueBits;
  private long @Nullable [] startTimes;
  private @Nullable NativeHistogram @Nullable [] histograms;
  private int size;

  /// A buffer with room for some samples; it grows as needed.
  public SampleColumns(int capacity) {
    times = new long[Math.max(16, capacity)];
    valueBits = new long[times.length];
  }

  /// Appends a number; a start time of 0 means that none is known.
  public void add(long timestampMillis, long bits, long startMillis) {
    ensure(size + 1);
    times[size] = timestampMillis;
    valueBits[size] = bits;
    if (startMillis != 0) {
      starts()[size] = startMillis;
    } else if (startTimes != null) {
      startTimes[size] = 0;
    }
    if (histograms != null) {
      histograms[size] = null;
    }
    size++;
  }

  /// Appends numbers of unknown start times from columns like its own.
  public void addAll(long[] timestamps, long[] bits, int begin, int end) {
    if (startTimes != null || histograms != null) {
      for (int i = begin; i < end; i++) {
        add(timestamps[i], bits[i], 0);
      }
    } else if (begin < end) {
      ensure(size + end - begin);
      System.arraycopy(timestamps, begin, times, size, end - begin);
      System.arraycopy(bits, begin, valueBits, size, end - begin);
      size += end - begin;
    }
  }

  /// Appends a native histogram; a start time of 0 means that none is known.
  public void add(long timestampMillis, NativeHistogram histogram, long startMillis) {
    add(timestampMillis, Double.doubleToRawLongBits(histogram.sum()), startMillis);
    if (histograms == null) {
      histograms = new NativeHistogram[times.length];
    }
    histograms[size - 1] = histogram;
  }

  /// Makes room for a total of samples, for writers that fill the arrays themselves.
  public void ensure(int capacity) {
    if (capacity <= times.length) {
      return;
    }
    int grown = Math.max(capacity, times.length + (times.length >> 1));
    times = Arrays.copyOf(times, grown);
    valueBits = Arrays.copyOf(valueBits, grown);
    if (startTimes != null) {
      startTimes = Arrays.copyOf(startTimes, grown);
    }
    if (histograms != null) {
      histograms = Arrays.copyOf(histograms, grown);
    }
  }

  private long[] starts() {
    if (startTimes == null) {
      startTimes = new long[times.length];
    }
    return startTimes;
  }

  /// Forgets the samples, keeps the room.
  public void clear() {
    size = 0;
    startTimes = null;
    histograms = null;
  }

  public int size() {
    return size;
  }

  /// The times, epoch milliseconds, ascending; only the first [#size] count.
  public long[] times() {
    return times;
  }

  /// The values as raw bits; only the first [#size] count. For a histogram the bits of its sum.
  public long[] valueBits() {
    return valueBits;
  }

  /// When a sample's counter began, epoch milliseconds, or 0 when that is not known.
  public long startTime(int index) {
    return startTimes == null ? 0 : startTimes[index];
  }

  /// Whether any sample has a start time.
  public boolean hasStartTimes() {
    return startTimes != null;
  }

  /// A sample as a native histogram, or null when it is a plain number.
  public @Nullable NativeHistogram histogram(int index) {
    return histograms == null ? null : histograms[index];
  }

  /// Whether any sample is a native histogram.
  public boolean hasHistograms() {
    return histograms != null;
  }
}
