package io.evenkeel.hub.wiring;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A protobuf message written by hand.
final class ProtoMessage {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ProtoMessage number(int field, long value) {
    varint((long) field << 3);
    return varint(value);
  }

  ProtoMessage zigzag(int field, long value) {
    return number(field, value << 1 ^ value >> 63);
  }

  ProtoMessage decimal(int field, double value) {
    varint((long) field << 3 | 1);
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
    return this;
  }

  ProtoMessage text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  ProtoMessage message(int field, ProtoMessage inner) {
    return bytes(field, inner.bytes());
  }

  private ProtoMessage bytes(int field, byte[] content) {
    varint((long) field << 3 | 2);
    varint(content.length);
    out.writeBytes(content);
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  /// The message after its length, as a stream of messages has it.
  byte[] delimited() {
    ProtoMessage whole = new ProtoMessage();
    whole.varint(out.size());
    whole.out.writeBytes(bytes());
    return whole.bytes();
  }

  private ProtoMessage varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }
}
