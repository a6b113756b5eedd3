package io.evenkeel.model.wire;

import io.evenkeel.model.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;

/// Walks over a protobuf message inside a byte array; reads never leave the message. Not
/// thread-safe.
///
/// A nested message is entered with [#enter], which narrows the end and answers the old one for
/// [#leave].
public final class ProtoCursor {
  public static final int VARINT = 0;
  public static final int FIXED64 = 1;
  public static final int BYTES = 2;
  public static final int FIXED32 = 5;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int at;
  private int end;

  public ProtoCursor(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  public byte[] array() {
    return bytes;
  }

  public int position() {
    return at;
  }

  public void position(int position) {
    at = position;
  }

  public boolean hasMore() {
    return at < end;
  }

  /// Field number and wire type of the next field.
  public int tag() throws WireException {
    long tag = varint();
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw WireException.malformed("field number out of range at byte " + at);
    }
    return (int) tag;
  }

  /// The length of a bytes field; the position is then at its first byte and all of it is there.
  public int length() throws WireException {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw WireException.malformed(
          "a field of "
              + Long.toUnsignedString(length)
              + " bytes at byte "
              + at
              + " does not fit into its message");
    }
    return (int) length;
  }

  /// Goes into the message whose length comes next; answers what [#leave] needs.
  public int enter() throws WireException {
    int length = length();
    int outer = end;
    end = at + length;
    return outer;
  }

  /// Goes behind the message that was entered.
  public void leave(int outer) {
    at = end;
    end = outer;
  }

  public int end() {
    return end;
  }

  public long varint() throws WireException {
    if (at < end && bytes[at] >= 0) {
      return bytes[at++];
    }
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw WireException.malformed("a number is cut off at byte " + at);
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw WireException.malformed("a number is longer than 64 bits at byte " + at);
  }

  public long zigzag() throws WireException {
    long raw = varint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  public long fixed64() throws WireException {
    if (end - at < 8) {
      throw WireException.malformed("a 64-bit value is cut off at byte " + at);
    }
    long value = (long) LONG.get(bytes, at);
    at += 8;
    return value;
  }

  public String string() throws WireException {
    int length = length();
    String text = utf8(bytes, at, length);
    at += length;
    return text;
  }

  public static String utf8(byte[] bytes, int offset, int length) throws WireException {
    try {
      return Utf8.text(bytes, offset, length);
    } catch (CharacterCodingException e) {
      throw WireException.malformed("a text at byte " + offset + " is not UTF-8");
    }
  }

  public void expect(int tag, int wireType) throws WireException {
    if ((tag & 7) != wireType) {
      throw WireException.malformed(
          "field " + (tag >>> 3) + " has wire type " + (tag & 7) + " instead of " + wireType);
    }
  }

  /// Goes over a field that is of no interest.
  public void skip(int tag) throws WireException {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED64 -> advance(8);
      case BYTES -> {
        int length = length();
        at += length;
      }
      case FIXED32 -> advance(4);
      default ->
          throw WireException.malformed(
              "wire type " + (tag & 7) + " at byte " + at + " is not one of protobuf's");
    }
  }

  private void advance(int count) throws WireException {
    if (end - at < count) {
      throw WireException.malformed("a field is cut off at byte " + at);
    }
    at += count;
  }
}
