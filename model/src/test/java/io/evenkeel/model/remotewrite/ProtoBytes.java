package io.evenkeel.model.remotewrite;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Writes protobuf fields by hand, so that the decoder is tested against bytes, not its own mirror.
final class ProtoBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static ProtoBytes message() {
    return new ProtoBytes();
  }

  ProtoBytes varint(int field, long value) {
    number((long) field << 3);
    return number(value);
  }

  ProtoBytes zigzag(int field, long value) {
    return varint(field, value << 1 ^ value >> 63);
  }

  ProtoBytes fixed(int field, double value) {
    return fixedBits(field, Double.doubleToRawLongBits(value));
  }

  ProtoBytes fixedBits(int field, long bits) {
    number((long) field << 3 | 1);
    return rawBits(bits);
  }

  ProtoBytes rawBits(long bits) {
    for (int i = 0; i < 8; i++) {
      out.write((int) (bits >>> 8 * i));
    }
    return this;
  }

  ProtoBytes text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  ProtoBytes nested(int field, Consumer<ProtoBytes> content) {
    ProtoBytes inner = new ProtoBytes();
    content.accept(inner);
    return bytes(field, inner.toBytes());
  }

  ProtoBytes bytes(int field, byte[] content) {
    number((long) field << 3 | 2);
    number(content.length);
    out.writeBytes(content);
    return this;
  }

  ProtoBytes number(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  ProtoBytes label(String name, String value) {
    return nested(1, label -> label.text(1, name).text(2, value));
  }

  ProtoBytes sample(double value, long timestampMillis) {
    return nested(2, sample -> sample.fixed(1, value).varint(2, timestampMillis));
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
