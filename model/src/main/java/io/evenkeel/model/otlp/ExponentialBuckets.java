package io.evenkeel.model.otlp;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.model.wire.HistogramParts;
import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.WireException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// OpenTelemetry's exponential histogram as a native histogram.
///
/// Both have buckets that grow by 2^(2^−scale), but OpenTelemetry's bucket i covers (b^i, b^(i+1)]
/// and Prometheus's (b^(i−1), b^i]: indices move by one. A scale beyond 8, which Prometheus lacks,
/// is brought down by joining 2^(scale−8) neighbours each. Not thread-safe.
final class ExponentialBuckets {
  private static final int FINEST = 8;
  private static final int COARSEST = -4;

  /// Empty buckets in a row from which on a new span is cheaper.
  private static final int GAP = 2;

  /// Prometheus's default for histograms that say none.
  private static final double ZERO_THRESHOLD = 1e-128;

  private final ProtoCursor cursor;
  private final int maxBuckets;
  private final LongList positive = new LongList();
  private final LongList negative = new LongList();
  private int positiveOffset;
  private int negativeOffset;
  private long count;
  private double sum;
  private int scale;
  private long zeroCount;
  private double zeroThreshold;

  ExponentialBuckets(ProtoCursor cursor, int maxBuckets) {
    this.cursor = cursor;
    this.maxBuckets = maxBuckets;
  }

  void clear() {
    positive.clear();
    negative.clear();
    positiveOffset = 0;
    negativeOffset = 0;
    count = 0;
    sum = Double.NaN;
    scale = 0;
    zeroCount = 0;
    zeroThreshold = 0;
  }

  void count(long value) {
    count = value;
  }

  void sum(double value) {
    sum = value;
  }

  void scale(int value) {
    scale = value;
  }

  void zeroCount(long value) {
    zeroCount = value;
  }

  void zeroThreshold(double value) {
    zeroThreshold = value;
  }

  void positive(int tag) throws WireException {
    positiveOffset = read(tag, positive);
  }

  void negative(int tag) throws WireException {
    negativeOffset = read(tag, negative);
  }

  private int read(int tag, LongList counts) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    int offset = 0;
    while (cursor.hasMore()) {
      int field = cursor.tag();
      switch (field >>> 3) {
        case 1 -> {
          cursor.expect(field, ProtoCursor.VARINT);
          offset = (int) cursor.zigzag();
        }
        case 2 -> counts.readVarints(cursor, field, maxBuckets);
        default -> cursor.skip(field);
      }
    }
    cursor.leave(outer);
    return offset;
  }

  /// Why this cannot be a native histogram, or null.
  @Nullable String problem() {
    if (scale < COARSEST) {
      return "an exponential histogram of scale " + scale + ", at least " + COARSEST + " is known";
    }
    boolean fits =
        Math.abs((long) positiveOffset) < 1 << 30 && Math.abs((long) negativeOffset) < 1 << 30;
    return fits ? null : "an exponential histogram's buckets lie beyond every double";
  }

  /// The histogram; only without a [#problem].
  NativeHistogram histogram(boolean stale) {
    int shift = Math.min(31, Math.max(0, scale - FINEST));
    Side up = side(positive, positiveOffset, shift);
    Side down = side(negative, negativeOffset, shift);
    return new NativeHistogram(
        Math.min(scale, FINEST),
        true,
        ResetHint.UNKNOWN,
        zeroThreshold > 0 ? zeroThreshold : ZERO_THRESHOLD,
        HistogramParts.unsigned(zeroCount),
        HistogramParts.unsigned(count),
        stale ? Double.longBitsToDouble(StaleMarker.BITS) : sum,
        up.spans,
        up.counts,
        down.spans,
        down.counts,
        new double[0]);
  }

  private record Side(List<Span> spans, double[] counts) {}

  private static Side side(LongList given, int offset, int shift) {
    List<Span> spans = new ArrayList<>();
    double[] counts = new double[given.size()];
    int used = 0;
    int spanFrom = 0; // index of the first bucket of the open span
    int spanLength = 0;
    int behind = 0; // index behind the last closed span
    int i = 0;
    while (i < given.size()) {
      int index = (offset + i >> shift) + 1;
      double joined = 0;
      for (; i < given.size() && (offset + i >> shift) + 1 == index; i++) {
        joined += HistogramParts.unsigned(given.get(i));
      }
      if (joined == 0) {
        continue;
      }
      int skipped = index - (spanFrom + spanLength);
      if (spanLength > 0 && skipped <= GAP) {
        used += skipped;
        spanLength += skipped;
      } else if (spanLength > 0) {
        spans.add(new Span(spanFrom - behind, spanLength));
        behind = spanFrom + spanLength;
        spanLength = 0;
      }
      if (spanLength == 0) {
        spanFrom = index;
      }
      counts[used++] = joined;
      spanLength++;
    }
    if (spanLength > 0) {
      spans.add(new Span(spanFrom - behind, spanLength));
    }
    return new Side(spans, Arrays.copyOf(counts, used));
  }
}
