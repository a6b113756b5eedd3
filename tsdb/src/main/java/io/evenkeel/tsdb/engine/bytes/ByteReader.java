package io.evenkeel.tsdb.engine.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads what a [ByteWriter] wrote, never beyond the given end. Not thread-safe.
public final class ByteReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[0];
  private int at;
  private int end;

  public ByteReader() {}

  public ByteReader(byte[] bytes, int offset, int length) {
    reset(bytes, offset, length);
  }

  /// Goes on with other bytes.
  public void reset(byte[] newBytes, int offset, int length) {
    bytes = newBytes;
    at = offset;
    end = offset + length;
  }

  public boolean hasMore() {
    return at < end;
  }

  public int remaining() {
    return end - at;
  }

  public int position() {
    return at;
  }

  public int u8() {
    return bytes[take(1)] & 0xFF;
  }

  public byte i8() {
    return bytes[take(1)];
  }

  public int i32() {
    return (int) INT.get(bytes, take(4));
  }

  public long i64() {
    return (long) LONG.get(bytes, take(8));
  }

  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      byte b = bytes[take(1)];
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new DamagedBytesException("a number is longer than 10 bytes");
  }

  /// A varint that must lie in 0…max.
  public int size(int max) {
    long value = varint();
    if (value < 0 || value > max) {
      throw new DamagedBytesException("a size of " + value + " where at most " + max + " can be");
    }
    return (int) value;
  }

  public long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /// A number whose `count` highest bytes follow, the highest first.
  public long highBytes(int count) {
    int from = take(count);
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (bytes[from + i] & 0xFFL) << (56 - 8 * i);
    }
    return value;
  }

  /// Bytes with their length in front.
  public byte[] block() {
    int length = size(remaining());
    int from = take(length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  public String string() {
    return new String(block(), StandardCharsets.UTF_8);
  }

  /// Steps over some bytes and answers where they begin.
  public int take(int count) {
    int from = at;
    if (count < 0 || count > end - from) {
      throw new DamagedBytesException(
          "cut off: " + count + " bytes wanted, " + (end - from) + " there");
    }
    at = from + count;
    return from;
  }
}
