package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.storage.SampleColumns;
import org.jspecify.annotations.Nullable;

/// Packs samples in time order into chunks of a chosen size. Not thread-safe.
public final class ChunkBuilder {
  /// Takes a finished chunk; the bytes count only during the call.
  @FunctionalInterface
  public interface Sink {
    void chunk(Encoding encoding, int count, long minTime, long maxTime, byte[] bytes, int length);
  }

  private final int mostSamples;
  private final int mostBytes;
  private final NumberCodec.State state = new NumberCodec.State();
  private final ByteWriter histogramBytes = new ByteWriter(256);
  private byte[] bytes;
  private int size;
  private int count;
  private long minTime;
  private Encoding encoding = Encoding.NUMBERS;
  private @Nullable NativeHistogram before;

  /// Chunks end at some number of samples, or a little above some number of bytes.
  public ChunkBuilder(int mostSamples, int mostBytes) {
    this.mostSamples = mostSamples;
    this.mostBytes = mostBytes;
    bytes = new byte[mostBytes + 2 * NumberCodec.MAX_SAMPLE_BYTES];
  }

  /// The encoding that a sample needs.
  public static Encoding encodingOf(@Nullable NativeHistogram histogram, long start) {
    if (histogram != null) {
      return Encoding.HISTOGRAMS;
    }
    return start == 0 ? Encoding.NUMBERS : Encoding.NUMBERS_WITH_STARTS;
  }

  /// Adds a range of a buffer's samples, all later than those before.
  public void add(SampleColumns columns, int begin, int end, Sink sink) {
    for (int i = begin; i < end; i++) {
      add(
          columns.times()[i],
          columns.valueBits()[i],
          columns.histogram(i),
          columns.startTime(i),
          sink);
    }
  }

  private void add(
      long time, long bits, @Nullable NativeHistogram histogram, long start, Sink sink) {
    Encoding wanted = encodingOf(histogram, start);
    boolean fits =
        wanted == encoding
            || (wanted == Encoding.NUMBERS && encoding == Encoding.NUMBERS_WITH_STARTS);
    if (count > 0 && (!fits || count >= mostSamples || size() >= mostBytes)) {
      finish(sink);
    }
    if (count == 0) {
      encoding = wanted;
      minTime = time;
    }
    if (histogram != null) {
      histogramBytes.zigzag(time - (count == 0 ? 0 : state.lastTime));
      histogramBytes.zigzag(start - (count == 0 ? 0 : state.lastStart));
      HistogramCodec.write(histogramBytes, histogram, before);
      before = histogram;
      state.lastTime = time;
      state.lastStart = start;
    } else {
      boolean starts = encoding == Encoding.NUMBERS_WITH_STARTS;
      size =
          count == 0
              ? NumberCodec.first(bytes, 0, state, time, bits, start, starts)
              : NumberCodec.next(bytes, size, state, time, bits, start, starts);
    }
    count++;
  }

  private int size() {
    return encoding == Encoding.HISTOGRAMS ? histogramBytes.size() : size;
  }

  /// Hands out what has been added, if anything.
  public void finish(Sink sink) {
    if (count > 0) {
      boolean histograms = encoding == Encoding.HISTOGRAMS;
      sink.chunk(
          encoding,
          count,
          minTime,
          state.lastTime,
          histograms ? histogramBytes.array() : bytes,
          size());
    }
    count = 0;
    size = 0;
    before = null;
    histogramBytes.clear();
  }
}
