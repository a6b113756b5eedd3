package io.evenkeel.model.remotewrite;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one native histogram message, which remote write 1.0 and 2.0 share. Bucket counts that
/// come as deltas become absolute. Not thread-safe.
final class HistogramDecoder {
  private final int maxBuckets;
  private int buckets;

  private @Nullable NativeHistogram histogram;
  private @Nullable String contradiction;
  private long timestampMillis;
  private long startMillis;

  HistogramDecoder(int maxBuckets) {
    this.maxBuckets = maxBuckets;
  }

  /// The histogram read last, or null when its parts contradict each other; see [#contradiction].
  @Nullable NativeHistogram histogram() {
    return histogram;
  }

  String contradiction() {
    return contradiction == null ? "" : contradiction;
  }

  long timestampMillis() {
    return timestampMillis;
  }

  long startMillis() {
    return startMillis;
  }

  /// Reads the message that the cursor has entered, up to its end.
  void read(ProtoCursor cursor) throws RemoteWriteException {
    timestampMillis = 0;
    startMillis = 0;
    contradiction = null;
    boolean floatCount = false;
    boolean floatZero = false;
    double count = 0;
    double sum = 0;
    int schema = 0;
    double zeroThreshold = 0;
    double zeroCount = 0;
    ResetHint hint = ResetHint.UNKNOWN;
    List<Span> positiveSpans = new ArrayList<>();
    List<Span> negativeSpans = new ArrayList<>();
    Numbers positiveDeltas = new Numbers();
    Numbers negativeDeltas = new Numbers();
    Numbers positiveCounts = new Numbers();
    Numbers negativeCounts = new Numbers();
    Numbers bounds = new Numbers();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> count = unsigned(cursor, tag);
        case 2 -> {
          count = fixed(cursor, tag);
          floatCount = true;
        }
        case 3 -> sum = fixed(cursor, tag);
        case 4 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          schema = (int) cursor.zigzag();
        }
        case 5 -> zeroThreshold = fixed(cursor, tag);
        case 6 -> zeroCount = unsigned(cursor, tag);
        case 7 -> {
          zeroCount = fixed(cursor, tag);
          floatZero = true;
        }
        case 8 -> negativeSpans.add(span(cursor, tag));
        case 9 -> deltas(cursor, tag, negativeDeltas);
        case 10 -> doubles(cursor, tag, negativeCounts);
        case 11 -> positiveSpans.add(span(cursor, tag));
        case 12 -> deltas(cursor, tag, positiveDeltas);
        case 13 -> doubles(cursor, tag, positiveCounts);
        case 14 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          long number = cursor.varint();
          hint =
              number >= 0 && number < ResetHint.values().length
                  ? ResetHint.values()[(int) number]
                  : ResetHint.UNKNOWN;
        }
        case 15 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          timestampMillis = cursor.varint();
        }
        case 16 -> doubles(cursor, tag, bounds);
        case 17 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          startMillis = cursor.varint();
        }
        default -> cursor.skip(tag);
      }
    }
    boolean floats = floatCount || floatZero || positiveCounts.size > 0 || negativeCounts.size > 0;
    double[] positive = floats ? positiveCounts.toArray() : positiveDeltas.runningSums();
    double[] negative = floats ? negativeCounts.toArray() : negativeDeltas.runningSums();
    contradiction = contradiction(schema, positiveSpans, positive, negativeSpans, negative, bounds);
    histogram =
        contradiction != null
            ? null
            : new NativeHistogram(
                schema,
                !floats,
                hint,
                zeroThreshold,
                zeroCount,
                count,
                sum,
                positiveSpans,
                positive,
                negativeSpans,
                negative,
                bounds.toArray());
  }

  private static @Nullable String contradiction(
      int schema,
      List<Span> positiveSpans,
      double[] positive,
      List<Span> negativeSpans,
      double[] negative,
      Numbers bounds) {
    if (bucketsOf(positiveSpans) != positive.length
        || bucketsOf(negativeSpans) != negative.length) {
      return "its spans name another number of buckets than there are counts";
    }
    if (schema == NativeHistogram.CUSTOM_BUCKETS_SCHEMA) {
      return negative.length > 0 ? "custom buckets cannot be negative" : null;
    }
    if (schema < -4 || schema > 8) {
      return "schema " + schema + " is unknown";
    }
    return bounds.size > 0 ? "custom bounds stand with exponential schema " + schema : null;
  }

  private static long bucketsOf(List<Span> spans) {
    long sum = 0;
    for (Span span : spans) {
      sum += Integer.toUnsignedLong(span.length());
    }
    return sum;
  }

  private Span span(ProtoCursor cursor, int tag) throws RemoteWriteException {
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
    return new Span(offset, length);
  }

  private static double unsigned(ProtoCursor cursor, int tag) throws RemoteWriteException {
    cursor.expect(tag, ProtoCursor.VARINT);
    long value = cursor.varint();
    return value >= 0 ? value : (value >>> 1 | value & 1) * 2.0;
  }

  private static double fixed(ProtoCursor cursor, int tag) throws RemoteWriteException {
    cursor.expect(tag, ProtoCursor.FIXED64);
    return Double.longBitsToDouble(cursor.fixed64());
  }

  /// A repeated zigzag field, packed or one by one.
  private void deltas(ProtoCursor cursor, int tag, Numbers into) throws RemoteWriteException {
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
  private void doubles(ProtoCursor cursor, int tag, Numbers into) throws RemoteWriteException {
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

  private void take() throws RemoteWriteException {
    if (++buckets > maxBuckets) {
      throw RemoteWriteException.tooLarge(
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
