package io.evenkeel.bench.codec;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import java.util.Arrays;

/// Decimal integers and their differences in units of what all are multiples of, each split into
/// its length in bits, which zstd packs, and its bits below the highest, which are as good as
/// random and stay as they are.
final class DecimalSplit implements ValueCodec {
  private static final int XOR = 0xF;

  @Override
  public String name() {
    return "decimal, difference, unit, lengths by zstd + bits";
  }

  @Override
  public int encode(long[][] runs, byte[] into) {
    ByteWriter lengths = new ByteWriter(1024);
    ByteWriter units = new ByteWriter(64);
    byte[] mantissas = new byte[16 + 9 * runs.length * runs[0].length];
    Bits bits = new Bits(mantissas, 0);
    for (long[] run : runs) {
      long[] numbers = new long[run.length];
      int places = Decimals.places(run, numbers);
      if (places < 0) {
        lengths.u8(XOR);
        long before = 0;
        for (int i = 0; i < run.length; i++) {
          numbers[i] = run[i] ^ before;
          before = run[i];
        }
      } else {
        int order = Decimals.bestOrder(numbers);
        Decimals.difference(numbers, order);
        lengths.u8(places | order << 4);
        long unit = Decimals.unit(numbers, order);
        Decimals.divide(numbers, order, unit);
        units.varint(unit);
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = Decimals.zigzag(numbers[i]);
        }
      }
      for (long number : numbers) {
        int length = 64 - Long.numberOfLeadingZeros(number);
        lengths.u8(length);
        if (length > 1) {
          bits.write(number, length - 1);
        }
      }
    }
    int packed =
        new ZstdJavaCompressor()
            .compress(lengths.array(), 0, lengths.size(), into, 4, into.length - 4);
    into[0] = (byte) packed;
    into[1] = (byte) (packed >> 8);
    into[2] = (byte) (packed >> 16);
    into[3] = (byte) units.size();
    System.arraycopy(units.array(), 0, into, 4 + packed, units.size());
    System.arraycopy(mantissas, 0, into, 4 + packed + units.size(), bits.end());
    return 4 + packed + units.size() + bits.end();
  }

  @Override
  public void decode(byte[] from, int length, long[][] into) {
    int packed = (from[0] & 0xFF) | (from[1] & 0xFF) << 8 | (from[2] & 0xFF) << 16;
    byte[] frame = Arrays.copyOfRange(from, 4, 4 + packed);
    byte[] lengths = new byte[(int) Zstd.size(frame, packed)];
    new ZstdJavaDecompressor().decompress(frame, 0, packed, lengths, 0, lengths.length);
    int unitBytes = from[3] & 0xFF;
    ByteReader units = new ByteReader(from, 4 + packed, unitBytes);
    Bits bits = new Bits(from, 4 + packed + unitBytes);
    int at = 0;
    for (long[] run : into) {
      int kind = lengths[at++];
      for (int i = 0; i < run.length; i++) {
        int size = lengths[at++];
        run[i] = size == 0 ? 0 : size == 1 ? 1 : 1L << (size - 1) | bits.read(size - 1);
      }
      if (kind == XOR) {
        for (int i = 1; i < run.length; i++) {
          run[i] ^= run[i - 1];
        }
        continue;
      }
      for (int i = 0; i < run.length; i++) {
        run[i] = Decimals.unzigzag(run[i]);
      }
      Decimals.multiply(run, kind >> 4, units.varint());
      Decimals.sum(run, kind >> 4);
      for (int i = 0; i < run.length; i++) {
        run[i] = Decimals.bits(run[i], kind & 0xF);
      }
    }
  }
}
