package io.evenkeel.bench.codec;

/// A row of bits in a byte array, the highest of a byte first. Not thread-safe.
final class Bits {
  private final byte[] bytes;
  private int at;
  private int used;

  Bits(byte[] bytes, int from) {
    this.bytes = bytes;
    this.at = from;
  }

  void write(long value, int count) {
    for (int left = count; left > 0; ) {
      if (used == 0) {
        bytes[at] = 0;
      }
      int take = Math.min(8 - used, left);
      int part = (int) (value >>> (left - take)) & ((1 << take) - 1);
      bytes[at] |= (byte) (part << (8 - used - take));
      used += take;
      left -= take;
      if (used == 8) {
        used = 0;
        at++;
      }
    }
  }

  long read(int count) {
    long value = 0;
    for (int left = count; left > 0; ) {
      int take = Math.min(8 - used, left);
      value = value << take | ((bytes[at] & 0xFF) >>> (8 - used - take)) & ((1 << take) - 1);
      used += take;
      left -= take;
      if (used == 8) {
        used = 0;
        at++;
      }
    }
    return value;
  }

  int end() {
    return at + (used > 0 ? 1 : 0);
  }
}
