package io.evenkeel.tsdb.engine.bytes;

/// Numbers of seven bits a byte, the lowest first.
public final class Varint {
  /// The most bytes that a number takes.
  public static final int MAX_BYTES = 10;

  private Varint() {}

  /// Writes a number and answers the position after it.
  public static int put(byte[] into, int position, long value) {
    int at = position;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      into[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[at++] = (byte) rest;
    return at;
  }
}
