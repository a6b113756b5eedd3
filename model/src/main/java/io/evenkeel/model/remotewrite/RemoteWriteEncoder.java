package io.evenkeel.model.remotewrite;

import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.evenkeel.model.SampleBatch;
import java.util.Arrays;

/// Encodes batches of numbers as remote write 1.0 requests: protobuf, compressed as one Snappy
/// block.
///
/// Its buffers are kept from request to request and only grow. Not thread-safe.
public final class RemoteWriteEncoder {
  private static final int TIME_SERIES = 0x0A;
  private static final int SAMPLE = 0x12;
  private static final int VALUE = 0x09;
  private static final int TIMESTAMP = 0x10;

  private final SnappyJavaCompressor snappy = new SnappyJavaCompressor();
  private byte[] plain = new byte[16 << 10];
  private byte[] packed = new byte[0];
  private int size;

  /// A request, valid until the next call.
  ///
  /// @param bytes the request's bytes begin at 0
  /// @param length how many there are
  public record Request(byte[] bytes, int length) {}

  /// Encodes the numbers of a batch; native histograms need remote write 2.0 and are left out.
  public Request encode(SampleBatch batch) {
    size = 0;
    for (int i = 0; i < batch.sampleCount(); i++) {
      if (batch.histogram(i) == null) {
        series(batch, i);
      }
    }
    int most = snappy.maxCompressedLength(size);
    if (packed.length < most) {
      packed = new byte[most + most / 4];
    }
    int length = snappy.compress(plain, 0, size, packed, 0, packed.length);
    return new Request(packed, length);
  }

  private void series(SampleBatch batch, int index) {
    int series = batch.series(index);
    int labelBytes = batch.labelLength(series);
    int sampleBytes = 1 + 8 + 1 + varintSize(batch.time(index));
    ensure(labelBytes + sampleBytes + 24);
    plain[size++] = TIME_SERIES;
    varint(labelBytes + 1 + varintSize(sampleBytes) + sampleBytes);
    // A series' labels in a batch are already the bytes that belong here.
    System.arraycopy(batch.labelBytes(series), batch.labelOffset(series), plain, size, labelBytes);
    size += labelBytes;
    plain[size++] = SAMPLE;
    varint(sampleBytes);
    plain[size++] = VALUE;
    long bits = batch.valueBits(index);
    for (int i = 0; i < 8; i++) {
      plain[size++] = (byte) bits;
      bits >>>= 8;
    }
    plain[size++] = TIMESTAMP;
    varint(batch.time(index));
  }

  private void ensure(int more) {
    if (size + more > plain.length) {
      plain = Arrays.copyOf(plain, Math.max(size + more, plain.length + plain.length / 2));
    }
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      plain[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    plain[size++] = (byte) rest;
  }

  private static int varintSize(long value) {
    return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
  }
}
