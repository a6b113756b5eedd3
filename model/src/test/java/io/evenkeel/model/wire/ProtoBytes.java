package io.evenkeel.model.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Writes protobuf fields by hand, so that the decoder is tested against bytes, not its own mirror.
public final class ProtoBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public static ProtoBytes message() {
    return new ProtoBytes();
  }

  public ProtoBytes varint(int field, long value) {
    number((long) field << 3);
    return number(value);
  }

  public ProtoBytes zigzag(int field, long value) {
    return varint(field, value << 1 ^ value >> 63);
  }

  public ProtoBytes fixed(int field, double value) {
    return fixedBits(field, Double.doubleToRawLongBits(value));
  }

  public ProtoBytes fixedBits(int field, long bits) {
    number((long) field << 3 | 1);
    return rawBits(bits);
  }

  public ProtoBytes rawBits(long bits) {
    for (int i = 0; i < 8; i++) {
      out.write((int) (bits >>> 8 * i));
    }
    return this;
  }

  public ProtoBytes text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  public ProtoBytes nested(int field, Consumer<ProtoBytes> content) {
    ProtoBytes inner = new ProtoBytes();
    content.accept(inner);
    return bytes(field, inner.toBytes());
  }

  public ProtoBytes bytes(int field, byte[] content) {
    number((long) field << 3 | 2);
    number(content.length);
    out.writeBytes(content);
    return this;
  }

  public ProtoBytes number(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  public ProtoBytes label(String name, String value) {
    return nested(1, label -> label.text(1, name).text(2, value));
  }

  public ProtoBytes sample(double value, long timestampMillis) {
    return nested(2, sample -> sample.fixed(1, value).varint(2, timestampMillis));
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }
}
