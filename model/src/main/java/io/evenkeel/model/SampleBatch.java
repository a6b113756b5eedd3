package io.evenkeel.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Samples on their way into a store, in columns.
///
/// A batch first names its series, by the bytes of their labels ([LabelBytes]), then its samples,
/// each by the number of its series. A value is carried as raw bits, so that stale markers and
/// other NaNs arrive as they were sent; a sample may instead be a native histogram; a start time of
/// 0 means that none is known. Reusable after [#clear]; not thread-safe. Byte arrays given to
/// [#addSeries] are kept by reference and must not change before the batch is cleared.
public final class SampleBatch {
  private byte[][] seriesBytes = new byte[64][];
  private int[] seriesOffset = new int[64];
  private int[] seriesLength = new int[64];
  private long[] seriesHash = new long[64];
  private int seriesCount;

  private int[] sampleSeries = new int[256];
  private long[] times = new long[256];
  private long[] valueBits = new long[256];
  private long @Nullable [] startTimes;
  private @Nullable NativeHistogram @Nullable [] histograms;
  private int sampleCount;

  private final List<SeriesExemplar> exemplars = new ArrayList<>();
  private final List<MetricMetadata> metadata = new ArrayList<>();

  /// An exemplar and the number of its series in the batch.
  public record SeriesExemplar(int series, Exemplar exemplar) {}

  /// Names a series by encoded labels and answers its number in this batch.
  public int addSeries(byte[] bytes, int offset, int length) {
    if (seriesCount == seriesOffset.length) {
      int capacity = 2 * seriesCount;
      seriesBytes = Arrays.copyOf(seriesBytes, capacity);
      seriesOffset = Arrays.copyOf(seriesOffset, capacity);
      seriesLength = Arrays.copyOf(seriesLength, capacity);
      seriesHash = Arrays.copyOf(seriesHash, capacity);
    }
    seriesBytes[seriesCount] = bytes;
    seriesOffset[seriesCount] = offset;
    seriesLength[seriesCount] = length;
    seriesHash[seriesCount] = LabelHash.of(bytes, offset, length);
    return seriesCount++;
  }

  /// Names a series and answers its number in this batch.
  public int addSeries(Labels labels) {
    byte[] bytes = LabelBytes.encode(labels);
    return addSeries(bytes, 0, bytes.length);
  }

  /// Adds a sample of a series named before.
  public void addSample(int series, long timestampMillis, long bits) {
    int i = grow(series);
    times[i] = timestampMillis;
    valueBits[i] = bits;
  }

  /// Adds a sample of a series named before.
  public void addSample(int series, long timestampMillis, double value) {
    addSample(series, timestampMillis, Double.doubleToRawLongBits(value));
  }

  /// Adds a sample whose counter or histogram began at a known time.
  public void addSample(int series, long timestampMillis, long bits, long startMillis) {
    addSample(series, timestampMillis, bits);
    setStart(startMillis);
  }

  /// Adds a native histogram of a series named before; a start time of 0 means that none is known.
  public void addHistogram(
      int series, long timestampMillis, NativeHistogram histogram, long startMillis) {
    int i = grow(series);
    times[i] = timestampMillis;
    valueBits[i] = Double.doubleToRawLongBits(histogram.sum());
    if (histograms == null || histograms.length < times.length) {
      histograms =
          histograms == null
              ? new NativeHistogram[times.length]
              : Arrays.copyOf(histograms, times.length);
    }
    histograms[i] = histogram;
    setStart(startMillis);
  }

  public void addExemplar(int series, Exemplar exemplar) {
    exemplars.add(new SeriesExemplar(series, exemplar));
  }

  public void addMetadata(MetricMetadata entry) {
    metadata.add(entry);
  }

  private int grow(int series) {
    if (series < 0 || series >= seriesCount) {
      throw new IndexOutOfBoundsException("series " + series + " of " + seriesCount);
    }
    if (sampleCount == times.length) {
      int capacity = 2 * sampleCount;
      sampleSeries = Arrays.copyOf(sampleSeries, capacity);
      times = Arrays.copyOf(times, capacity);
      valueBits = Arrays.copyOf(valueBits, capacity);
    }
    sampleSeries[sampleCount] = series;
    return sampleCount++;
  }

  private void setStart(long startMillis) {
    if (startMillis == 0) {
      return;
    }
    if (startTimes == null || startTimes.length < times.length) {
      startTimes =
          startTimes == null ? new long[times.length] : Arrays.copyOf(startTimes, times.length);
    }
    startTimes[sampleCount - 1] = startMillis;
  }

  /// Takes samples out, by their numbers; the others keep their order and close up.
  public void removeSamples(BitSet samples) {
    int kept = 0;
    for (int i = 0; i < sampleCount; i++) {
      if (samples.get(i)) {
        continue;
      }
      if (kept != i) {
        sampleSeries[kept] = sampleSeries[i];
        times[kept] = times[i];
        valueBits[kept] = valueBits[i];
        if (startTimes != null && kept < startTimes.length) {
          startTimes[kept] = startTime(i);
        }
        if (histograms != null && kept < histograms.length) {
          histograms[kept] = histogram(i);
        }
      }
      kept++;
    }
    // What lies behind the last sample must look untouched to samples added later.
    if (startTimes != null) {
      Arrays.fill(startTimes, Math.min(kept, startTimes.length), startTimes.length, 0);
    }
    if (histograms != null) {
      Arrays.fill(histograms, Math.min(kept, histograms.length), histograms.length, null);
    }
    sampleCount = kept;
  }

  /// Forgets everything but the room.
  public void clear() {
    Arrays.fill(seriesBytes, 0, seriesCount, new byte[0]);
    seriesCount = 0;
    sampleCount = 0;
    startTimes = null;
    histograms = null;
    exemplars.clear();
    metadata.clear();
  }

  public int seriesCount() {
    return seriesCount;
  }

  public int sampleCount() {
    return sampleCount;
  }

  /// How many of the samples are native histograms.
  public int histogramCount() {
    int count = 0;
    for (int i = 0; histograms != null && i < Math.min(sampleCount, histograms.length); i++) {
      count += histograms[i] == null ? 0 : 1;
    }
    return count;
  }

  /// The array in which a series' encoded labels lie; never written to.
  public byte[] labelBytes(int series) {
    return seriesBytes[series];
  }

  public int labelOffset(int series) {
    return seriesOffset[series];
  }

  public int labelLength(int series) {
    return seriesLength[series];
  }

  /// The [LabelHash] of a series' encoded labels.
  public long labelHash(int series) {
    return seriesHash[series];
  }

  /// A series' labels, decoded anew at each call.
  public Labels labels(int series) throws InvalidLabelsException {
    return LabelBytes.decode(seriesBytes[series], seriesOffset[series], seriesLength[series]);
  }

  /// The number of the series that a sample belongs to.
  public int series(int sample) {
    return sampleSeries[sample];
  }

  /// A sample's time, epoch milliseconds.
  public long time(int sample) {
    return times[sample];
  }

  /// A sample's value as raw bits; for a histogram the bits of its sum.
  public long valueBits(int sample) {
    return valueBits[sample];
  }

  /// When the sample's counter or histogram began, epoch milliseconds, or 0 when that is not known.
  public long startTime(int sample) {
    return startTimes == null || sample >= startTimes.length ? 0 : startTimes[sample];
  }

  /// The sample as a native histogram, or null when it is a plain number.
  public @Nullable NativeHistogram histogram(int sample) {
    return histograms == null || sample >= histograms.length ? null : histograms[sample];
  }

  public List<SeriesExemplar> exemplars() {
    return exemplars;
  }

  public List<MetricMetadata> metadata() {
    return metadata;
  }
}
