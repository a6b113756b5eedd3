package io.evenkeel.tsdb.engine.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array of bytes: little-endian numbers, varints, strings with their length in front.
/// Not thread-safe.
public final class ByteWriter {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int size;

  public ByteWriter(int capacity) {
    bytes = new byte[Math.max(32, capacity)];
  }

  /// Makes room for some more bytes.
  public void reserve(int more) {
    if (more > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length + (bytes.length >> 1)));
    }
  }

  public void u8(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  public void i32(int value) {
    reserve(4);
    INT.set(bytes, size, value);
    size += 4;
  }

  public void i64(long value) {
    reserve(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  /// Overwrites four bytes that were written before.
  public void i32At(int position, int value) {
    INT.set(bytes, position, value);
  }

  public void varint(long value) {
    reserve(10);
    size = Varint.put(bytes, size, value);
  }

  /// A signed number, short when it is near zero.
  public void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  /// The `count` highest bytes of a number, the highest first.
  public void highBytes(long value, int count) {
    reserve(8);
    BIG_LONG.set(bytes, size, value);
    size += count;
  }

  /// A byte, then the `count` highest bytes of a number: [#u8] and [#highBytes] at once.
  public void u8AndHighBytes(int first, long value, int count) {
    reserve(9);
    int at = size;
    bytes[at] = (byte) first;
    BIG_LONG.set(bytes, at + 1, value);
    size = at + 1 + count;
  }

  public void put(byte[] from, int offset, int length) {
    reserve(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /// Bytes with their length in front.
  public void block(byte[] from, int offset, int length) {
    varint(length);
    put(from, offset, length);
  }

  public void string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    block(utf8, 0, utf8.length);
  }

  public void clear() {
    size = 0;
  }

  /// Cuts off what was written beyond a size.
  public void truncate(int newSize) {
    size = Math.min(size, newSize);
  }

  public int size() {
    return size;
  }

  /// The bytes; only the first [#size] count, and only until the next write.
  public byte[] array() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
