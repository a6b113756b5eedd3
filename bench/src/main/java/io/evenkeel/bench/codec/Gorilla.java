package io.evenkeel.bench.codec;

/// XOR on single bits, as Gorilla (Pelkonen et al., VLDB 2015) and Prometheus do it.
final class Gorilla implements ValueCodec {
  @Override
  public String name() {
    return "XOR on bits (Gorilla)";
  }

  @Override
  public int encode(long[][] runs, byte[] into) {
    Bits out = new Bits(into, 0);
    for (long[] run : runs) {
      long before = run[0];
      int leading = 65;
      int trailing = 0;
      out.write(before, 64);
      for (int i = 1; i < run.length; i++) {
        long xor = run[i] ^ before;
        before = run[i];
        if (xor == 0) {
          out.write(0, 1);
          continue;
        }
        int lead = Math.min(31, Long.numberOfLeadingZeros(xor));
        int trail = Long.numberOfTrailingZeros(xor);
        if (leading <= 64 && lead >= leading && trail >= trailing) {
          out.write(0b10, 2);
          out.write(xor >>> trailing, 64 - leading - trailing);
        } else {
          leading = lead;
          trailing = trail;
          out.write(0b11, 2);
          out.write(lead, 5);
          out.write(64 - lead - trail & 63, 6);
          out.write(xor >>> trail, 64 - lead - trail);
        }
      }
    }
    return out.end();
  }

  @Override
  public void decode(byte[] from, int length, long[][] into) {
    Bits in = new Bits(from, 0);
    for (long[] run : into) {
      long value = in.read(64);
      run[0] = value;
      int leading = 0;
      int meaning = 0;
      for (int i = 1; i < run.length; i++) {
        if (in.read(1) != 0) {
          if (in.read(1) != 0) {
            leading = (int) in.read(5);
            meaning = (int) in.read(6);
            meaning = meaning == 0 ? 64 : meaning;
          }
          value ^= in.read(meaning) << (64 - leading - meaning);
        }
        run[i] = value;
      }
    }
  }
}
