package io.evenkeel.tsdb.engine.chunk;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A pack that [PackWriter] wrote, its lengths decompressed; immutable.
final class Pack {
  /// More numbers than this are in no pack.
  private static final int MOST_NUMBERS = 1 << 20;

  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int[] headAt;
  private final byte[] lengths;
  private final int bitsFrom;

  private Pack(byte[] bytes, int[] headAt, byte[] lengths, int bitsFrom) {
    this.bytes = bytes;
    this.headAt = headAt;
    this.lengths = lengths;
    this.bitsFrom = bitsFrom;
  }

  /// Reads a pack from the begin of an array.
  static Pack read(byte[] from, int length, ZstdJavaDecompressor zstd) {
    ByteReader in = new ByteReader(from, 0, length);
    int[] headAt = new int[in.size(length) + 1];
    int headsEnd = in.size(length);
    headsEnd += in.position();
    for (int i = 0; i + 1 < headAt.length; i++) {
      int size = in.size(in.remaining());
      headAt[i] = in.take(size);
    }
    headAt[headAt.length - 1] = in.position();
    if (in.position() != headsEnd) {
      throw new DamagedBytesException("the heads of a pack do not end where they should");
    }
    byte[] lengths = new byte[in.size(MOST_NUMBERS)];
    int packed = in.size(in.remaining());
    int at = in.take(packed);
    try {
      if (lengths.length > 0
          && zstd.decompress(from, at, packed, lengths, 0, lengths.length) != lengths.length) {
        throw new DamagedBytesException("the lengths of a pack are fewer than announced");
      }
    } catch (MalformedInputException | IllegalArgumentException | IllegalStateException e) {
      throw new DamagedBytesException("the lengths of a pack cannot be read: " + e.getMessage());
    }
    // Eight bytes more, so that the last bits can be read as a long.
    return new Pack(Arrays.copyOf(from, length + 8), headAt, lengths, in.position());
  }

  /// Appends the samples of one run that lie in a closed interval.
  void decode(
      int run, boolean withStarts, ChunkLoader room, long from, long to, SampleColumns into) {
    Rows rows = rows(run);
    int count = rows.count;
    long[] values = room.row(0, count);
    long[] times = room.row(1, count);
    // Only what is asked for becomes doubles again, which costs a division each.
    Wholes wholes = rows.wholes(values, new long[0][]);
    rows.numbers(times);
    int begin = lowerBound(times, count, from);
    int end = to == Long.MAX_VALUE ? count : lowerBound(times, count, to + 1);
    wholes.toBits(values, begin, end);
    if (!withStarts) {
      into.addAll(times, values, begin, end);
      return;
    }
    long[] starts = room.row(2, count);
    rows.numbers(starts);
    into.ensure(into.size() + end - begin);
    for (int i = begin; i < end; i++) {
      into.add(times[i], values[i], starts[i]);
    }
  }

  /// The index of the first time that is not before one.
  private static int lowerBound(long[] times, int count, long time) {
    int at = Arrays.binarySearch(times, 0, count, time);
    return at >= 0 ? at : ~at;
  }

  /// How a row of whole numbers becomes a row of doubles.
  ///
  /// @param places how many of the digits stand behind the point; [#DONE] when the row holds the
  ///   bits of doubles already
  /// @param exceptionsAt the places of values that are no such numbers
  /// @param exceptions the bits of those values
  private record Wholes(int places, int[] exceptionsAt, long[] exceptions) {
    static final int DONE = -1;
    static final Wholes NONE = new Wholes(DONE, new int[0], new long[0]);

    void toBits(long[] row, int begin, int end) {
      if (places != DONE) {
        for (int i = begin; i < end; i++) {
          row[i] = Decimal.bits(row[i], places);
        }
        for (int i = 0; i < exceptionsAt.length; i++) {
          row[exceptionsAt[i]] = exceptions[i];
        }
      }
    }
  }

  /// Appends the buckets of one run whose ends lie in a closed interval.
  void decode(int run, ChunkLoader room, long from, long to, RollupColumns into) {
    Rows rows = rows(run);
    RollupColumns.Column[] columns = RollupColumns.Column.values();
    long[][] read = new long[columns.length][];
    for (int i = 0; i < columns.length; i++) {
      read[i] = room.row(i, rows.count);
      if (columns[i].isValue()) {
        rows.wholes(read[i], read).toBits(read[i], 0, rows.count);
      } else {
        rows.numbers(read[i]);
      }
    }
    into.addAll(read, rows.count, from, to);
  }

  private Rows rows(int run) {
    if (run < 0 || run + 1 >= headAt.length) {
      throw new DamagedBytesException("there is no run " + run + " in the pack");
    }
    ByteReader head = new ByteReader(bytes, headAt[run], bytes.length - headAt[run]);
    return new Rows(
        head, head.size(MOST_NUMBERS), head.size(lengths.length), head.size(Integer.MAX_VALUE));
  }

  /// Reads the rows of one run, in their order.
  private final class Rows {
    private final ByteReader head;
    private final int count;
    private int lengthAt;
    private int bitAt;

    Rows(ByteReader head, int count, int lengthAt, int bitAt) {
      this.head = head;
      this.count = count;
      this.lengthAt = lengthAt;
      this.bitAt = bitAt;
    }

    /// Reads a row of values, still to be converted.
    ///
    /// @param before the rows before, which it may repeat
    Wholes wholes(long[] into, long[][] before) {
      int kind = head.u8();
      if (kind == PackWriter.SAME) {
        long[] same = before[head.size(before.length - 1)];
        if (same == null) {
          throw new DamagedBytesException("a row repeats one that comes later");
        }
        System.arraycopy(same, 0, into, 0, count);
        return Wholes.NONE;
      }
      if (kind == PackWriter.XOR) {
        xors(into);
        return Wholes.NONE;
      }
      int places = head.u8();
      if (places > Decimal.MOST_PLACES) {
        throw new DamagedBytesException("a number with " + places + " places");
      }
      numbers(into);
      int size = kind == PackWriter.EXCEPTIONS ? head.size(count) : 0;
      int[] exceptionsAt = new int[size];
      long[] exceptions = new long[size];
      int at = 0;
      for (int i = 0; i < size; i++) {
        at += head.size(count - 1);
        exceptionsAt[i] = at;
        exceptions[i] = head.i64();
      }
      return new Wholes(places, exceptionsAt, exceptions);
    }

    private void xors(long[] into) {
      long value = head.i64();
      raw(into, 1);
      into[0] = value;
      for (int i = 1; i < count; i++) {
        value ^= into[i];
        into[i] = value;
      }
    }

    void numbers(long[] into) {
      int order = head.u8();
      boolean steady = (order & PackWriter.STEADY) != 0;
      long first = head.zigzag();
      switch (order & ~PackWriter.STEADY) {
        case 0 -> {
          long unit = head.varint();
          raw(into, 0);
          for (int i = 0; i < count; i++) {
            into[i] = first + into[i] * unit;
          }
        }
        case 1 -> {
          if (steady) {
            Arrays.fill(into, 0, count, first);
            return;
          }
          long unit = head.varint();
          raw(into, 1);
          long value = first;
          into[0] = value;
          for (int i = 1; i < count; i++) {
            value += signed(into[i]) * unit;
            into[i] = value;
          }
        }
        case 2 -> {
          long step = head.zigzag();
          if (steady) {
            for (int i = 0; i < count; i++) {
              into[i] = first + i * step;
            }
            return;
          }
          long unit = head.varint();
          raw(into, 2);
          long value = first + step;
          into[0] = first;
          into[1] = value;
          for (int i = 2; i < count; i++) {
            step += signed(into[i]) * unit;
            value += step;
            into[i] = value;
          }
        }
        default -> throw new DamagedBytesException("a row of order " + order);
      }
    }

    private static long signed(long number) {
      return number >>> 1 ^ -(number & 1);
    }

    /// Reads the row's numbers from an index on as they were split: the length tells the highest
    /// bit, and the bits below it follow. Without a branch that depends on them, since a processor
    /// guesses such a branch wrong half of the time.
    private void raw(long[] into, int from) {
      byte[] packed = bytes;
      byte[] sizes = lengths;
      int size = lengthAt;
      long bit = 8L * bitsFrom + bitAt;
      for (int i = from; i < count; i++) {
        int length = sizes[size++];
        int rest = Math.max(length - 1, 0);
        int at = (int) (bit >>> 3);
        int shift = (int) bit & 7;
        long window = (long) BIG_ENDIAN_LONG.get(packed, at) << shift;
        if (rest + shift > 64) {
          window |= (packed[at + 8] & 0xFF) >>> (8 - shift);
        }
        bit += rest;
        // No bits at all are shifted out in two steps; a length of 0 is the number 0.
        long number = 1L << rest | window >>> 1 >>> (63 - rest);
        into[i] = number & (long) -length >> 63;
      }
      lengthAt = size;
      bitAt = (int) (bit - 8L * bitsFrom);
    }
  }
}
