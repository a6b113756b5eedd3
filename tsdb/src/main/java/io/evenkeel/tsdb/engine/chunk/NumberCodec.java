package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.engine.bytes.Varint;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Packs numbers and their times on whole bytes, without loss for any bit pattern.
///
/// A chunk begins with its first time and value as they are. Every further sample has a control
/// byte. Its two low bits tell how much the step in time changed: not, or by one, two, or up to ten
/// bytes. The next three bits tell how the value follows from the one before:
///
/// - the same bits;
/// - a decimal number with 0, 2, 3 or 6 places: the difference of the scaled integers, in the three
///   high bits when it is tiny, else as a varint. This is how counters, byte sizes and seconds
///   counted in hundredths or microseconds come; it is taken only when the division gives back the
///   very bits;
/// - XOR with the value before, less its leading and trailing zero bytes (after Gorilla, Pelkonen
///   et al., VLDB 2015), for one, two or any number of leading zero bytes.
///
/// With start times, the change of the start follows as a varint.
public final class NumberCodec {
  /// The most bytes that one more sample without a start time takes, and writes to: its control
  /// byte, the change of its step, and a difference, or the lengths of an XOR and eight bytes of
  /// it.
  public static final int MAX_PLAIN_BYTES = 2 + Varint.MAX_BYTES + Varint.MAX_BYTES;

  /// The most bytes that any one more sample takes, and writes to.
  public static final int MAX_SAMPLE_BYTES = MAX_PLAIN_BYTES + Varint.MAX_BYTES;

  private static final int SAME = 0;
  private static final int SCALED = 1;
  private static final int XOR_1 = 5;
  private static final int XOR_2 = 6;
  private static final int XOR_ANY = 7;
  private static final int TINY = 3;
  private static final int WIDE = 7;
  private static final VarHandle BIG_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final double EXACT = 9_007_199_254_740_992.0;
  private static final double[] SCALES = {1, 100, 1_000, 1_000_000};

  /// Where the encoding of a chunk stands; a caller that keeps many of them in columns loads and
  /// stores its fields.
  public static final class State {
    public long lastTime;
    public long lastStep;
    public long lastBits;
    public long lastStart;

    /// Which decimal scale the last number fitted, tried before the others; 0…3.
    public int scale;
  }

  private NumberCodec() {}

  /// Writes a chunk's first sample and answers the position after it.
  public static int first(
      byte[] into, int position, State state, long time, long bits, long start, boolean starts) {
    int at = putLong(into, putLong(into, position, time), bits);
    state.lastTime = time;
    state.lastStep = 0;
    state.lastBits = bits;
    state.lastStart = start;
    state.scale = 0;
    return starts ? Varint.put(into, at, zigzag(start - time)) : at;
  }

  /// Writes a further sample, with a later time, and answers the position after it.
  public static int next(
      byte[] into, int position, State state, long time, long bits, long start, boolean starts) {
    int at = position + 1;
    long step = time - state.lastTime;
    long change = step - state.lastStep;
    int control;
    if (change == 0) {
      control = 0;
    } else if (change == (byte) change) {
      control = 1;
      into[at++] = (byte) change;
    } else if (change == (short) change) {
      control = 2;
      into[at++] = (byte) (change >> 8);
      into[at++] = (byte) change;
    } else {
      control = 3;
      at = Varint.put(into, at, zigzag(change));
    }
    long before = state.lastBits;
    if (bits != before) {
      int scale = fittingScale(bits, before, state.scale);
      long delta = scale < 0 ? 0 : scaled(bits, scale) - scaled(before, scale);
      long xor = bits ^ before;
      int leading = Long.numberOfLeadingZeros(xor) >>> 3;
      int trailing = Long.numberOfTrailingZeros(xor) >>> 3;
      // The difference, unless it would take more bytes than the XOR.
      if (scale >= 0 && varintBytes(zigzag(delta)) <= 8 - leading - trailing) {
        state.scale = scale;
        if (delta >= -TINY && delta <= TINY) {
          control |= SCALED + scale << 2 | (int) (delta + TINY) << 5;
        } else {
          control |= SCALED + scale << 2 | WIDE << 5;
          at = Varint.put(into, at, zigzag(delta));
        }
      } else {
        if (leading == 1 || leading == 2) {
          control |= (leading == 1 ? XOR_1 : XOR_2) << 2 | trailing << 5;
        } else {
          control |= XOR_ANY << 2 | trailing << 5;
          into[at++] = (byte) leading;
        }
        // Eight bytes at once, of which the next write covers those that are too many.
        BIG_LONG.set(into, at, xor << 8 * leading);
        at += 8 - leading - trailing;
      }
    }
    into[position] = (byte) control;
    if (starts) {
      at = Varint.put(into, at, zigzag(start - state.lastStart));
      state.lastStart = start;
    }
    state.lastTime = time;
    state.lastStep = step;
    state.lastBits = bits;
    return at;
  }

  /// A scale at which a value is a whole number that gives back its bits, or -1. Only neighbours
  /// that are likely to fit too are worth the division.
  private static int fittingScale(long bits, long before, int hint) {
    double value = Double.longBitsToDouble(bits);
    if (!(Math.abs(value) < EXACT) || !(Math.abs(Double.longBitsToDouble(before)) < EXACT)) {
      return -1;
    }
    if (fits(bits, value, 0)) {
      return 0;
    }
    if (hint > 0 && fits(bits, value, hint)) {
      return hint;
    }
    for (int scale = 1; scale < SCALES.length; scale++) {
      if (scale != hint && fits(bits, value, scale)) {
        return scale;
      }
    }
    return -1;
  }

  private static int varintBytes(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  private static boolean fits(long bits, double value, int scale) {
    if (scale == 0) {
      return Double.doubleToRawLongBits((double) (long) value) == bits;
    }
    double whole = Math.rint(value * SCALES[scale]);
    return Math.abs(whole) < EXACT
        && Double.doubleToRawLongBits((double) (long) whole / SCALES[scale]) == bits;
  }

  private static long scaled(long bits, int scale) {
    return (long) Math.rint(Double.longBitsToDouble(bits) * SCALES[scale]);
  }

  /// Appends a chunk's samples that lie in a closed interval.
  public static void decode(
      ByteReader in, int count, boolean starts, long from, long to, SampleColumns into) {
    long time = in.i64();
    long bits = in.i64();
    long start = starts ? time + in.zigzag() : 0;
    long step = 0;
    into.ensure(into.size() + count);
    if (time >= from && time <= to) {
      into.add(time, bits, start);
    }
    for (int i = 1; i < count; i++) {
      int control = in.u8();
      switch (control & 3) {
        case 0 -> {}
        case 1 -> step += in.i8();
        case 2 -> step += (short) (in.u8() << 8 | in.u8());
        default -> step += in.zigzag();
      }
      time += step;
      int high = control >>> 5;
      int way = control >>> 2 & 7;
      switch (way) {
        case SAME -> {}
        case XOR_1 -> bits ^= xor(in, 1, high);
        case XOR_2 -> bits ^= xor(in, 2, high);
        case XOR_ANY -> bits ^= xor(in, in.u8(), high);
        default -> {
          int scale = way - SCALED;
          long delta = high == WIDE ? in.zigzag() : high - TINY;
          bits = Double.doubleToRawLongBits((double) (scaled(bits, scale) + delta) / SCALES[scale]);
        }
      }
      if (starts) {
        start += in.zigzag();
      }
      if (time > to) {
        return;
      }
      if (time >= from) {
        into.add(time, bits, start);
      }
    }
  }

  private static long xor(ByteReader in, int leading, int trailing) {
    int length = 8 - leading - trailing;
    if (length <= 0) {
      throw new DamagedBytesException("an impossible control byte in a chunk");
    }
    return in.highBytes(length) >>> 8 * leading;
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  /// In the byte order of [io.evenkeel.tsdb.engine.bytes.ByteReader#i64].
  private static int putLong(byte[] into, int position, long value) {
    for (int i = 0; i < 8; i++) {
      into[position + i] = (byte) (value >>> 8 * i);
    }
    return position + 8;
  }
}
