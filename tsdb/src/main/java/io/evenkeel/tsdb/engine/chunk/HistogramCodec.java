package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Packs native histograms, each told by its difference from the one before where the buckets lie
/// alike.
///
/// A histogram whose counts are whole numbers is written as varints (differences of the counts),
/// any other by the XOR of the counts' bits. The bits of every number come back as they were.
public final class HistogramCodec {
  private static final int SAME_LAYOUT = 1;
  private static final int WHOLE = 2;
  private static final int INTEGER = 4;
  private static final int HINT_SHIFT = 3;
  private static final double EXACT = 9_007_199_254_740_992.0;
  private static final int MOST_BUCKETS = 1 << 20;
  private static final double[] NONE = new double[0];
  private static final ResetHint[] HINTS = ResetHint.values();

  private HistogramCodec() {}

  /// Writes one histogram; the one before in the chunk, or null, is what it may differ from.
  public static void write(ByteWriter out, NativeHistogram h, @Nullable NativeHistogram before) {
    NativeHistogram base = before != null && sameLayout(h, before) ? before : null;
    boolean same = base != null;
    boolean whole = isWhole(h) && (base == null || isWhole(base));
    out.u8(
        (same ? SAME_LAYOUT : 0)
            | (whole ? WHOLE : 0)
            | (h.integer() ? INTEGER : 0)
            | h.resetHint().ordinal() << HINT_SHIFT);
    if (!same) {
      out.zigzag(h.schema());
      out.i64(Double.doubleToRawLongBits(h.zeroThreshold()));
      spans(out, h.positiveSpans());
      spans(out, h.negativeSpans());
      out.varint(h.positiveCounts().length);
      out.varint(h.negativeCounts().length);
      out.varint(h.customBounds().length);
      for (double bound : h.customBounds()) {
        out.i64(Double.doubleToRawLongBits(bound));
      }
    }
    bits(out, h.sum(), base == null ? 0 : base.sum());
    count(out, whole, h.count(), base == null ? 0 : base.count());
    count(out, whole, h.zeroCount(), base == null ? 0 : base.zeroCount());
    counts(out, whole, h.positiveCounts(), base == null ? NONE : base.positiveCounts());
    counts(out, whole, h.negativeCounts(), base == null ? NONE : base.negativeCounts());
  }

  /// Reads what [#write] wrote after the same histogram before.
  public static NativeHistogram read(ByteReader in, @Nullable NativeHistogram before) {
    int flags = in.u8();
    boolean whole = (flags & WHOLE) != 0;
    int hint = flags >>> HINT_SHIFT;
    if (hint >= HINTS.length) {
      throw new DamagedBytesException("unknown histogram flags " + flags);
    }
    if ((flags & SAME_LAYOUT) != 0) {
      if (before == null) {
        throw new DamagedBytesException("a histogram refers to one before, there is none");
      }
      double sum = bits(in, before.sum());
      double count = count(in, whole, before.count());
      double zero = count(in, whole, before.zeroCount());
      return new NativeHistogram(
          before.schema(),
          (flags & INTEGER) != 0,
          HINTS[hint],
          before.zeroThreshold(),
          zero,
          count,
          sum,
          before.positiveSpans(),
          counts(in, whole, before.positiveCounts()),
          before.negativeSpans(),
          counts(in, whole, before.negativeCounts()),
          before.customBounds());
    }
    int schema = (int) in.zigzag();
    double threshold = Double.longBitsToDouble(in.i64());
    List<Span> positive = spans(in);
    List<Span> negative = spans(in);
    int positiveBuckets = in.size(Math.min(MOST_BUCKETS, in.remaining()));
    int negativeBuckets = in.size(Math.min(MOST_BUCKETS, in.remaining()));
    double[] bounds = new double[in.size(in.remaining() / 8)];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = Double.longBitsToDouble(in.i64());
    }
    double sum = bits(in, 0);
    double count = count(in, whole, 0);
    double zero = count(in, whole, 0);
    return new NativeHistogram(
        schema,
        (flags & INTEGER) != 0,
        HINTS[hint],
        threshold,
        zero,
        count,
        sum,
        positive,
        counts(in, whole, new double[positiveBuckets]),
        negative,
        counts(in, whole, new double[negativeBuckets]),
        bounds);
  }

  /// Appends a chunk's histograms that lie in a closed interval.
  static void decode(ByteReader in, int count, long from, long to, SampleColumns into) {
    long time = 0;
    long start = 0;
    NativeHistogram histogram = null;
    for (int i = 0; i < count; i++) {
      time += in.zigzag();
      start += in.zigzag();
      histogram = read(in, histogram);
      if (time >= from && time <= to) {
        into.add(time, histogram, start);
      }
    }
  }

  private static boolean sameLayout(NativeHistogram a, NativeHistogram b) {
    return a.schema() == b.schema()
        && Double.doubleToRawLongBits(a.zeroThreshold())
            == Double.doubleToRawLongBits(b.zeroThreshold())
        && a.positiveSpans().equals(b.positiveSpans())
        && a.negativeSpans().equals(b.negativeSpans())
        && a.positiveCounts().length == b.positiveCounts().length
        && a.negativeCounts().length == b.negativeCounts().length
        && Arrays.equals(a.customBounds(), b.customBounds());
  }

  private static boolean isWhole(NativeHistogram h) {
    return isWhole(h.count())
        && isWhole(h.zeroCount())
        && Arrays.stream(h.positiveCounts()).allMatch(HistogramCodec::isWhole)
        && Arrays.stream(h.negativeCounts()).allMatch(HistogramCodec::isWhole);
  }

  private static boolean isWhole(double value) {
    return Math.abs(value) < EXACT
        && Double.doubleToRawLongBits((double) (long) value) == Double.doubleToRawLongBits(value);
  }

  private static void spans(ByteWriter out, List<Span> spans) {
    out.varint(spans.size());
    for (Span span : spans) {
      out.zigzag(span.offset());
      out.varint(span.length());
    }
  }

  private static List<Span> spans(ByteReader in) {
    int count = in.size(in.remaining() / 2);
    List<Span> spans = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      spans.add(new Span((int) in.zigzag(), in.size(Integer.MAX_VALUE)));
    }
    return spans;
  }

  private static void counts(ByteWriter out, boolean whole, double[] counts, double[] before) {
    for (int i = 0; i < counts.length; i++) {
      count(out, whole, counts[i], before.length == 0 ? 0 : before[i]);
    }
  }

  private static double[] counts(ByteReader in, boolean whole, double[] before) {
    double[] counts = new double[before.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = count(in, whole, before[i]);
    }
    return counts;
  }

  private static void count(ByteWriter out, boolean whole, double value, double before) {
    if (whole) {
      out.zigzag((long) value - (long) before);
    } else {
      bits(out, value, before);
    }
  }

  private static double count(ByteReader in, boolean whole, double before) {
    return whole ? (double) ((long) before + in.zigzag()) : bits(in, before);
  }

  /// Similar numbers differ in their low bits, which stand first in a varint after the reversal of
  /// the bytes.
  private static void bits(ByteWriter out, double value, double before) {
    out.varint(
        Long.reverseBytes(Double.doubleToRawLongBits(value) ^ Double.doubleToRawLongBits(before)));
  }

  private static double bits(ByteReader in, double before) {
    return Double.longBitsToDouble(
        Long.reverseBytes(in.varint()) ^ Double.doubleToRawLongBits(before));
  }
}
