package io.evenkeel.tsdb.engine.chunk;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.util.Arrays;

/// Packs runs of numbers of neighbouring series together, as tightly as blocks want it and without
/// loss for any bit pattern.
///
/// A run of samples is a row of values, a row of times, and a row of start times if any; a run of
/// rollups is a row for each of their columns. Values become whole numbers by a count of decimal
/// places (few that do not fit are exceptions, kept as they are), or else the XOR of neighbours'
/// bits. A row is replaced by its differences of the order, none to second, that come out shortest,
/// and divided by what all of them are multiples of (memory comes in pages). Each number is then
/// split: how many bits it has, and the bits below the highest. The lengths of a whole pack, which
/// repeat, are compressed by zstd; the bits, which are as good as random, stay as they are. A row
/// of equal steps or values takes neither. See decision 0011 for the candidates it was chosen from,
/// and [Pack] for reading. Not thread-safe.
public final class PackWriter {
  /// A pack ends after about this many numbers.
  private static final int FULL = 8_192;

  static final int DECIMAL = 0;
  static final int XOR = 1;
  static final int EXCEPTIONS = 2;

  /// The numbers of a row before.
  static final int SAME = 3;

  private static final int NONE = -1;

  /// Marks a row that its first numbers tell whole.
  static final int STEADY = 4;

  private final ZstdJavaCompressor zstd = new ZstdJavaCompressor();
  private final ByteWriter heads = new ByteWriter(1024);
  private final ByteWriter head = new ByteWriter(64);
  private final ByteWriter lengths = new ByteWriter(FULL);
  private final BitWriter bits = new BitWriter();
  private byte[] packed = new byte[0];
  private long[] row = new long[1024];
  private int[] exceptions = new int[64];
  private int exceptionCount;
  private int placesHint;
  private int count;
  private int runs;

  /// Adds a range of a buffer's samples, none of them a histogram, as one run and answers its
  /// number in the pack.
  public int add(SampleColumns columns, int begin, int end, boolean starts) {
    int count = end - begin;
    begin(count);
    values(columns.valueBits(), begin);
    System.arraycopy(columns.times(), begin, row, 0, count);
    numbers();
    if (starts) {
      for (int i = 0; i < count; i++) {
        row[i] = columns.startTime(begin + i);
      }
      numbers();
    }
    return end();
  }

  /// Adds all buckets of a buffer as one run and answers its number in the pack.
  public int add(RollupColumns rollups) {
    begin(rollups.size());
    for (RollupColumns.Column column : RollupColumns.Column.values()) {
      int same = column.isValue() ? sameBefore(rollups, column) : NONE;
      if (same != NONE) {
        head.u8(SAME);
        head.u8(same);
      } else if (column.isValue()) {
        values(rollups.column(column), 0);
      } else {
        System.arraycopy(rollups.column(column), 0, row, 0, count);
        numbers();
      }
    }
    return end();
  }

  /// A column before this one with the same numbers: a counter's smallest is its first.
  private int sameBefore(RollupColumns rollups, RollupColumns.Column column) {
    for (RollupColumns.Column before : RollupColumns.Column.values()) {
      if (before == column) {
        break;
      }
      if (before.isValue()
          && Arrays.equals(rollups.column(before), 0, count, rollups.column(column), 0, count)) {
        return before.ordinal();
      }
    }
    return NONE;
  }

  private void begin(int samples) {
    count = samples;
    if (row.length < count) {
      row = new long[count];
    }
    head.clear();
    head.varint(count);
    head.varint(lengths.size());
    head.varint(bits.size());
  }

  private int end() {
    heads.block(head.array(), 0, head.size());
    return runs++;
  }

  private void values(long[] values, int begin) {
    if (decimals(values, begin)) {
      head.u8(exceptionCount > 0 ? EXCEPTIONS : DECIMAL);
      head.u8(placesHint);
      numbers();
      if (exceptionCount > 0) {
        exceptions(values, begin);
      }
    } else {
      head.u8(XOR);
      xors(values, begin);
    }
  }

  /// Whether the pack should be written before more is added.
  public boolean isFull() {
    return lengths.size() + 16 * runs >= FULL;
  }

  public boolean isEmpty() {
    return runs == 0;
  }

  /// Writes the pack and begins the next.
  public void finish(ByteWriter into) {
    int most = zstd.maxCompressedLength(lengths.size());
    if (packed.length < most) {
      packed = new byte[most];
    }
    int size =
        lengths.size() == 0
            ? 0
            : zstd.compress(lengths.array(), 0, lengths.size(), packed, 0, packed.length);
    into.varint(runs);
    into.varint(heads.size());
    into.put(heads.array(), 0, heads.size());
    into.varint(lengths.size());
    into.varint(size);
    into.put(packed, 0, size);
    bits.finish(into);
    heads.clear();
    lengths.clear();
    runs = 0;
  }

  // ---- values as whole numbers ----

  /// Fills the row with whole numbers, at the places that leave few exceptions.
  private boolean decimals(long[] values, int begin) {
    if (decimals(values, begin, placesHint)) {
      return true;
    }
    for (int places = 0; places <= Decimal.MOST_PLACES; places++) {
      if (places != placesHint && decimals(values, begin, places)) {
        placesHint = places;
        return true;
      }
    }
    return false;
  }

  private boolean decimals(long[] values, int begin, int places) {
    int most = count / 32 + 1;
    exceptionCount = 0;
    long before = 0;
    for (int i = 0; i < count; i++) {
      long value = values[begin + i];
      if (Decimal.fits(value, places)) {
        before = Decimal.whole(value, places);
      } else {
        if (exceptionCount == most) {
          return false;
        }
        exceptions =
            exceptionCount == exceptions.length
                ? Arrays.copyOf(exceptions, 2 * exceptionCount)
                : exceptions;
        exceptions[exceptionCount++] = i;
      }
      row[i] = before;
    }
    // A hint with more places than needed makes longer numbers.
    return places == 0 || exceptionCount > 0 || !allMultiplesOfTen();
  }

  private boolean allMultiplesOfTen() {
    for (int i = 0; i < count; i++) {
      if (row[i] % 10 != 0) {
        return false;
      }
    }
    return true;
  }

  private void exceptions(long[] values, int begin) {
    head.varint(exceptionCount);
    int before = 0;
    for (int i = 0; i < exceptionCount; i++) {
      head.varint(exceptions[i] - before);
      head.i64(values[begin + exceptions[i]]);
      before = exceptions[i];
    }
  }

  private void xors(long[] values, int begin) {
    head.i64(values[begin]);
    for (int i = 1; i < count; i++) {
      number(values[begin + i] ^ values[begin + i - 1]);
    }
  }

  // ---- rows of whole numbers ----

  /// Writes the row: the order of differences, what they are multiples of, the numbers before the
  /// first difference, then each difference.
  private void numbers() {
    int order = order();
    if (order == 0) {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < count; i++) {
        least = Math.min(least, row[i]);
      }
      for (int i = 0; i < count; i++) {
        row[i] -= least;
      }
      head.u8(0);
      head.zigzag(least);
      long unit = unit(0);
      head.varint(unit);
      for (int i = 0; i < count; i++) {
        number(unit > 1 ? row[i] / unit : row[i]);
      }
      return;
    }
    long first = row[0];
    differences(row, count, 1);
    long step = count > 1 ? row[1] : 0;
    if (order == 2) {
      differences(row, count, 2);
    }
    long unit = unit(order);
    head.u8(order | (unit == 0 ? STEADY : 0));
    head.zigzag(first);
    if (order == 2) {
      head.zigzag(step);
    }
    if (unit == 0) {
      return;
    }
    head.varint(unit);
    for (int i = order; i < count; i++) {
      long number = unit > 1 ? row[i] / unit : row[i];
      number(number << 1 ^ number >> 63);
    }
  }

  /// The order of differences, 0…2, whose numbers have the fewest bits.
  private int order() {
    if (count < 3) {
      return 1;
    }
    long least = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, row[i]);
    }
    long zeroth = 0;
    long first = 0;
    long second = 0;
    for (int i = 2; i < count; i++) {
      long difference = row[i] - row[i - 1];
      long change = difference - (row[i - 1] - row[i - 2]);
      zeroth += 64 - Long.numberOfLeadingZeros(row[i] - least);
      first += 64 - Long.numberOfLeadingZeros(difference << 1 ^ difference >> 63);
      second += 64 - Long.numberOfLeadingZeros(change << 1 ^ change >> 63);
    }
    if (second < first && second <= zeroth) {
      return 2;
    }
    return zeroth < first ? 0 : 1;
  }

  /// Replaces the row by its differences, from an index on.
  private static void differences(long[] row, int count, int from) {
    for (int i = count - 1; i >= from; i--) {
      row[i] -= row[i - 1];
    }
  }

  /// What all numbers from an index on are multiples of: 0 when all are 0.
  private long unit(int from) {
    long unit = 0;
    for (int i = from; i < count; i++) {
      long a = Math.abs(row[i]);
      while (a != 0) {
        long rest = unit % a;
        unit = a;
        a = rest;
      }
      if (unit == 1 || unit < 0) {
        return 1;
      }
    }
    return unit;
  }

  private void number(long value) {
    int length = 64 - Long.numberOfLeadingZeros(value);
    lengths.u8(length);
    if (length > 1) {
      bits.write(value, length - 1);
    }
  }
}
