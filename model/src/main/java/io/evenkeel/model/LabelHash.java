package io.evenkeel.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A 64-bit hash of bytes that is quick on the hundred or so that a series' labels take: sixteen
/// bytes a step, folded by a multiplication to 128 bits, as wyhash and rapidhash do it.
///
/// Good for tables; a sender that means harm can find bytes with equal hashes.
public final class LabelHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long A = 0x9E3779B97F4A7C15L;
  private static final long B = 0xBF58476D1CE4E5B9L;

  private LabelHash() {}

  /// The hash of some bytes.
  public static long of(byte[] bytes, int offset, int length) {
    long hash = A ^ length;
    int at = offset;
    int end = offset + length;
    for (; end - at >= 16; at += 16) {
      hash = fold((long) LONG.get(bytes, at) ^ B, (long) LONG.get(bytes, at + 8) ^ hash);
    }
    if (end - at >= 8) {
      hash = fold((long) LONG.get(bytes, at) ^ B, hash ^ A);
      at += 8;
    }
    long rest = 0;
    for (int shift = 0; at < end; at++, shift += 8) {
      rest |= (bytes[at] & 0xFFL) << shift;
    }
    return fold(rest ^ A, hash ^ B);
  }

  private static long fold(long a, long b) {
    return a * b ^ Math.unsignedMultiplyHigh(a, b);
  }
}
