package io.evenkeel.hub.wiring;

import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Builds remote write 1.0 requests by hand, so that the hub is tested against bytes.
final class WriteRequestBody {
  private final ByteArrayOutputStream request = new ByteArrayOutputStream();

  /// Adds a series with one sample.
  WriteRequestBody add(long timestampMillis, double value, String... labels) {
    ByteArrayOutputStream sample = new ByteArrayOutputStream();
    sample.write(0x09);
    sample.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
    sample.write(0x10);
    varint(sample, timestampMillis);
    ByteArrayOutputStream series = new ByteArrayOutputStream();
    series.writeBytes(LabelBytes.encode(Labels.of(labels)));
    series.write(0x12);
    varint(series, sample.size());
    series.writeBytes(sample.toByteArray());
    request.write(0x0A);
    varint(request, series.size());
    request.writeBytes(series.toByteArray());
    return this;
  }

  byte[] plain() {
    return request.toByteArray();
  }

  byte[] compressed() {
    return compress(plain());
  }

  static byte[] compress(byte[] plain) {
    SnappyJavaCompressor snappy = new SnappyJavaCompressor();
    byte[] out = new byte[snappy.maxCompressedLength(plain.length)];
    return Arrays.copyOf(out, snappy.compress(plain, 0, plain.length, out, 0, out.length));
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
