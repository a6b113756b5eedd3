package io.evenkeel.bench.codec;

/// Decimal integers or their differences less the smallest of 128, in as many bits as the largest
/// takes: ALP's frame of reference (Afroozeh et al., SIGMOD 2023) with differences before it.
final class AlpLike implements ValueCodec {
  private static final int FRAME = 128;
  private static final int XOR = 0xF;

  @Override
  public String name() {
    return "ALP-like: decimal, difference, frames of 128";
  }

  @Override
  public int encode(long[][] runs, byte[] into) {
    Bits out = new Bits(into, 0);
    for (long[] run : runs) {
      long[] numbers = new long[run.length];
      int places = Decimals.places(run, numbers);
      int order = 0;
      if (places < 0) {
        System.arraycopy(run, 0, numbers, 0, run.length);
      } else {
        order = Decimals.bestOrder(numbers);
        Decimals.difference(numbers, order);
      }
      out.write(places < 0 ? XOR : places | order << 4, 8);
      for (int i = 0; i < order; i++) {
        out.write(numbers[i], 64);
      }
      for (int begin = order; begin < numbers.length; begin += FRAME) {
        int end = Math.min(numbers.length, begin + FRAME);
        long least = Long.MAX_VALUE;
        for (int i = begin; i < end; i++) {
          least = Math.min(least, numbers[i]);
        }
        int width = 0;
        for (int i = begin; i < end; i++) {
          width = Math.max(width, 64 - Long.numberOfLeadingZeros(numbers[i] - least));
        }
        long head = Decimals.zigzag(least);
        int headBits = 64 - Long.numberOfLeadingZeros(head);
        out.write(headBits, 7);
        out.write(head, headBits);
        out.write(width, 7);
        for (int i = begin; i < end; i++) {
          out.write(numbers[i] - least, width);
        }
      }
    }
    return out.end();
  }

  @Override
  public void decode(byte[] from, int length, long[][] into) {
    Bits in = new Bits(from, 0);
    for (long[] run : into) {
      int kind = (int) in.read(8);
      int order = kind == XOR ? 0 : kind >> 4;
      for (int i = 0; i < order; i++) {
        run[i] = in.read(64);
      }
      for (int begin = order; begin < run.length; begin += FRAME) {
        int end = Math.min(run.length, begin + FRAME);
        long least = Decimals.unzigzag(in.read((int) in.read(7)));
        int width = (int) in.read(7);
        for (int i = begin; i < end; i++) {
          run[i] = least + in.read(width);
        }
      }
      if (kind != XOR) {
        Decimals.sum(run, order);
        for (int i = 0; i < run.length; i++) {
          run[i] = Decimals.bits(run[i], kind & 0xF);
        }
      }
    }
  }
}
