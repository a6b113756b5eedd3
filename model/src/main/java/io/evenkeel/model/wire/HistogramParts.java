package io.evenkeel.model.wire;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parts of one native histogram while a message is read, whose formats number its fields
/// differently but mean the same. Bucket counts that come as deltas become absolute. Reusable after
/// [#clear]; not thread-safe.
public final class HistogramParts {
  private final int maxBuckets;
  private int buckets;

  private boolean floats;
  private double count;
  private double sum;
  private int schema;
  private double zeroThreshold;
  private double zeroCount;
  private ResetHint hint = ResetHint.UNKNOWN;
  private final List<Span> positiveSpans = new ArrayList<>();
  private final List<Span> negativeSpans = new ArrayList<>();
  private final Numbers positiveDeltas = new Numbers();
  private final Numbers negativeDeltas = new Numbers();
  private final Numbers positiveCounts = new Numbers();
  private final Numbers negativeCounts = new Numbers();
  private final Numbers bounds = new Numbers();

  /// @param maxBuckets how many buckets and spans all histograms of a delivery may have together
  public HistogramParts(int maxBuckets) {
    this.maxBuckets = maxBuckets;
  }

  /// Forgets the parts, not how many buckets there have been.
  public void clear() {
    floats = false;
    count = 0;
    sum = 0;
    schema = 0;
    zeroThreshold = 0;
    zeroCount = 0;
    hint = ResetHint.UNKNOWN;
    positiveSpans.clear();
    negativeSpans.clear();
    positiveDeltas.size = 0;
    negativeDeltas.size = 0;
    positiveCounts.size = 0;
    negativeCounts.size = 0;
    bounds.size = 0;
  }

  /// Whether anything but count and sum was given, as in a message that has room for a classic
  /// histogram too.
  public boolean isNative() {
    return zeroThreshold > 0
        || zeroCount > 0
        || !positiveSpans.isEmpty()
        || !negativeSpans.isEmpty()
        || positiveDeltas.size > 0
        || negativeDeltas.size > 0;
  }

  /// The count read so far.
  public double count() {
    return count;
  }

  /// The sum read so far.
  public double sum() {
    return sum;
  }

  public void count(ProtoCursor cursor, int tag) throws WireException {
    count = unsigned(cursor, tag);
  }

  public void floatCount(ProtoCursor cursor, int tag) throws WireException {
    double given = fixed(cursor, tag);
    // A message with room for both kinds writes the unused one as 0.
    if (given != 0 || count == 0) {
      count = given;
      floats = true;
    }
  }

  public void sum(ProtoCursor cursor, int tag) throws WireException {
    sum = fixed(cursor, tag);
  }

  public void schema(ProtoCursor cursor, int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.VARINT);
    schema = (int) cursor.zigzag();
  }

  public void zeroThreshold(ProtoCursor cursor, int tag) throws WireException {
    zeroThreshold = fixed(cursor, tag);
  }

  public void zeroCount(ProtoCursor cursor, int tag) throws WireException {
    zeroCount = unsigned(cursor, tag);
  }

  public void floatZeroCount(ProtoCursor cursor, int tag) throws WireException {
    double given = fixed(cursor, tag);
    if (given != 0 || zeroCount == 0) {
      zeroCount = given;
      floats |= given != 0;
    }
  }

  public void resetHint(ProtoCursor cursor, int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.VARINT);
    long number = cursor.varint();
    hint =
        number >= 0 && number < ResetHint.values().length
            ? ResetHint.values()[(int) number]
            : ResetHint.UNKNOWN;
  }

  /// Says that the histogram counts what is, not what has been.
  public void gauge() {
    hint = ResetHint.GAUGE;
  }

  public void positiveSpan(ProtoCursor cursor, int tag) throws WireException {
    addSpan(positiveSpans, cursor, tag);
  }

  public void negativeSpan(ProtoCursor cursor, int tag) throws WireException {
    addSpan(negativeSpans, cursor, tag);
  }

  public void positiveDeltas(ProtoCursor cursor, int tag) throws WireException {
    deltas(cursor, tag, positiveDeltas);
  }

  public void negativeDeltas(ProtoCursor cursor, int tag) throws WireException {
    deltas(cursor, tag, negativeDeltas);
  }

  public void positiveCounts(ProtoCursor cursor, int tag) throws WireException {
    doubles(cursor, tag, positiveCounts);
  }

  public void negativeCounts(ProtoCursor cursor, int tag) throws WireException {
    doubles(cursor, tag, negativeCounts);
  }

  public void customBounds(ProtoCursor cursor, int tag) throws WireException {
    doubles(cursor, tag, bounds);
  }

  /// Why the parts contradict each other, or null when they make a histogram.
  public @Nullable String contradiction() {
    boolean floating = floating();
    int positive = floating ? positiveCounts.size : positiveDeltas.size;
    int negative = floating ? negativeCounts.size : negativeDeltas.size;
    if (bucketsOf(positiveSpans) != positive || bucketsOf(negativeSpans) != negative) {
      return "its spans name another number of buckets than there are counts";
    }
    if (schema == NativeHistogram.CUSTOM_BUCKETS_SCHEMA) {
      return negative > 0 ? "custom buckets cannot be negative" : null;
    }
    if (schema < -4 || schema > 8) {
      return "schema " + schema + " is unknown";
    }
    return bounds.size > 0 ? "custom bounds stand with exponential schema " + schema : null;
  }

  /// The histogram; only when there is no [#contradiction].
  public NativeHistogram build() {
    boolean floating = floating();
    return new NativeHistogram(
        schema,
        !floating,
        hint,
        zeroThreshold,
        zeroCount,
        count,
        sum,
        positiveSpans,
        floating ? positiveCounts.toArray() : positiveDeltas.runningSums(),
        negativeSpans,
        floating ? negativeCounts.toArray() : negativeDeltas.runningSums(),
        bounds.toArray());
  }

  private boolean floating() {
    return floats || positiveCounts.size > 0 || negativeCounts.size > 0;
  }

  private static long bucketsOf(List<Span> spans) {
    long sum = 0;
    for (Span span : spans) {
      sum += Integer.toUnsignedLong(span.length());
    }
    return sum;
  }

  private void addSpan(List<Span> spans, ProtoCursor cursor, int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    take();
    int outer = cursor.enter();
    int offset = 0;
    int length = 0;
    while (cursor.hasMore()) {
      int field = cursor.tag();
      switch (field >>> 3) {
        case 1 -> {
          cursor.expect(field, ProtoCursor.VARINT);
          offset = (int) cursor.zigzag();
        }
        case 2 -> {
          cursor.expect(field, ProtoCursor.VARINT);
          length = (int) cursor.varint();
        }
        default -> cursor.skip(field);
      }
    }
    cursor.leave(outer);
    // Prometheus marks a native histogram without buckets by a span of nothing.
    if (offset != 0 || length != 0) {
      spans.add(new Span(offset, length));
    }
  }

  private static double unsigned(ProtoCursor cursor, int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.VARINT);
    return unsigned(cursor.varint());
  }

  /// An unsigned 64-bit number as a double.
  public static double unsigned(long value) {
    return value >= 0 ? value : (value >>> 1 | value & 1) * 2.0;
  }

  private static double fixed(ProtoCursor cursor, int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.FIXED64);
    return Double.longBitsToDouble(cursor.fixed64());
  }

  /// A repeated zigzag field, packed or one by one.
  private void deltas(ProtoCursor cursor, int tag, Numbers into) throws WireException {
    if ((tag & 7) == ProtoCursor.VARINT) {
      take();
      into.add(cursor.zigzag());
      return;
    }
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    while (cursor.hasMore()) {
      take();
      into.add(cursor.zigzag());
    }
    cursor.leave(outer);
  }

  /// A repeated double field, packed or one by one.
  private void doubles(ProtoCursor cursor, int tag, Numbers into) throws WireException {
    if ((tag & 7) == ProtoCursor.FIXED64) {
      take();
      into.add(Double.longBitsToDouble(cursor.fixed64()));
      return;
    }
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    while (cursor.hasMore()) {
      take();
      into.add(Double.longBitsToDouble(cursor.fixed64()));
    }
    cursor.leave(outer);
  }

  private void take() throws WireException {
    if (++buckets > maxBuckets) {
      throw WireException.tooLarge(
          "more than " + maxBuckets + " histogram buckets: send smaller requests");
    }
  }

  /// A growing list of numbers.
  private static final class Numbers {
    private static final double[] NONE = {};

    private double[] values = NONE;
    private int size;

    void add(double value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, Math.max(8, 2 * size));
      }
      values[size++] = value;
    }

    double[] toArray() {
      return size == 0 ? NONE : Arrays.copyOf(values, size);
    }

    double[] runningSums() {
      double[] sums = toArray();
      for (int i = 1; i < sums.length; i++) {
        sums[i] += sums[i - 1];
      }
      return sums;
    }
  }
}
