package io.evenkeel.bench.codec;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;

/// Decimal integers, their differences as varints, then zstd: what VictoriaMetrics does, but
/// without loss. Where no decimal fits, the XORs' bytes.
final class DecimalZstd implements ValueCodec {
  private static final int XOR = 0xF;

  @Override
  public String name() {
    return "decimal, difference, varints, zstd";
  }

  @Override
  public int encode(long[][] runs, byte[] into) {
    ByteWriter out = new ByteWriter(1024);
    for (long[] run : runs) {
      long[] numbers = new long[run.length];
      int places = Decimals.places(run, numbers);
      if (places < 0) {
        out.u8(XOR);
        long before = 0;
        for (long bits : run) {
          out.varint(Long.reverseBytes(bits ^ before));
          before = bits;
        }
        continue;
      }
      int order = Decimals.bestOrder(numbers);
      Decimals.difference(numbers, order);
      out.u8(places | order << 4);
      for (long number : numbers) {
        out.zigzag(number);
      }
    }
    return new ZstdJavaCompressor().compress(out.array(), 0, out.size(), into, 0, into.length);
  }

  @Override
  public void decode(byte[] from, int length, long[][] into) {
    byte[] plain = new byte[(int) Zstd.size(from, length)];
    new ZstdJavaDecompressor().decompress(from, 0, length, plain, 0, plain.length);
    ByteReader in = new ByteReader(plain, 0, plain.length);
    for (long[] run : into) {
      int kind = in.u8();
      if (kind == XOR) {
        long before = 0;
        for (int i = 0; i < run.length; i++) {
          before ^= Long.reverseBytes(in.varint());
          run[i] = before;
        }
        continue;
      }
      for (int i = 0; i < run.length; i++) {
        run[i] = in.zigzag();
      }
      Decimals.sum(run, kind >> 4);
      for (int i = 0; i < run.length; i++) {
        run[i] = Decimals.bits(run[i], kind & 0xF);
      }
    }
  }
}
