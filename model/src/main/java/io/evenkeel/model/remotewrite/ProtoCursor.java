package io.evenkeel.model.remotewrite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Walks over a protobuf message inside a byte array; reads never leave the message. Not
/// thread-safe.
///
/// A nested message is entered with [#enter], which narrows the end and answers the old one for
/// [#leave].
final class ProtoCursor {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int at;
  private int end;

  ProtoCursor(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  byte[] array() {
    return bytes;
  }

  int position() {
    return at;
  }

  void position(int position) {
    at = position;
  }

  boolean hasMore() {
    return at < end;
  }

  /// Field number and wire type of the next field.
  int tag() throws RemoteWriteException {
    long tag = varint();
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw RemoteWriteException.malformed("field number out of range at byte " + at);
    }
    return (int) tag;
  }

  /// The length of a bytes field; the position is then at its first byte and all of it is there.
  int length() throws RemoteWriteException {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw RemoteWriteException.malformed(
          "a field of "
              + Long.toUnsignedString(length)
              + " bytes at byte "
              + at
              + " does not fit into its message");
    }
    return (int) length;
  }

  /// Goes into the message whose length comes next; answers what [#leave] needs.
  int enter() throws RemoteWriteException {
    int length = length();
    int outer = end;
    end = at + length;
    return outer;
  }

  /// Goes behind the message that was entered.
  void leave(int outer) {
    at = end;
    end = outer;
  }

  int end() {
    return end;
  }

  long varint() throws RemoteWriteException {
    if (at < end && bytes[at] >= 0) {
      return bytes[at++];
    }
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw RemoteWriteException.malformed("a number is cut off at byte " + at);
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw RemoteWriteException.malformed("a number is longer than 64 bits at byte " + at);
  }

  long zigzag() throws RemoteWriteException {
    long raw = varint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  long fixed64() throws RemoteWriteException {
    if (end - at < 8) {
      throw RemoteWriteException.malformed("a 64-bit value is cut off at byte " + at);
    }
    long value = (long) LONG.get(bytes, at);
    at += 8;
    return value;
  }

  String string() throws RemoteWriteException {
    int length = length();
    String text = utf8(bytes, at, length);
    at += length;
    return text;
  }

  static String utf8(byte[] bytes, int offset, int length) throws RemoteWriteException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw RemoteWriteException.malformed("a text at byte " + offset + " is not UTF-8");
    }
  }

  void expect(int tag, int wireType) throws RemoteWriteException {
    if ((tag & 7) != wireType) {
      throw RemoteWriteException.malformed(
          "field " + (tag >>> 3) + " has wire type " + (tag & 7) + " instead of " + wireType);
    }
  }

  /// Goes over a field that is of no interest.
  void skip(int tag) throws RemoteWriteException {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED64 -> advance(8);
      case BYTES -> {
        int length = length();
        at += length;
      }
      case FIXED32 -> advance(4);
      default ->
          throw RemoteWriteException.malformed(
              "wire type " + (tag & 7) + " at byte " + at + " is not one of protobuf's");
    }
  }

  private void advance(int count) throws RemoteWriteException {
    if (end - at < count) {
      throw RemoteWriteException.malformed("a field is cut off at byte " + at);
    }
    at += count;
  }
}
