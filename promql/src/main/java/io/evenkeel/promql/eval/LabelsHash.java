package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Prometheus's hash of a series: XXH64 (xxhash.com, seed 0) over its labels as it keeps them in
/// memory, each name and value behind its length. With the same hash, `limit_ratio` chooses the
/// same series.
final class LabelsHash {
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;
  private static final int LONGEST_SHORT = 255;

  /// Zero; no constant, because the sums with it overflow on purpose.
  private static final long SEED = Long.parseLong("0");

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private LabelsHash() {}

  /// The hash as a part of all hashes, in [0, 1].
  static double place(Labels labels) {
    long hash = xxh64(bytes(labels));
    double unsigned = (hash >>> 11) * 0x1p11 + (hash & 0x7FF);
    return unsigned / 0x1p64;
  }

  private static byte[] bytes(Labels labels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    for (int i = 0; i < labels.size(); i++) {
      put(out, labels.name(i));
      put(out, labels.value(i));
    }
    return out.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < LONGEST_SHORT) {
      out.write(bytes.length);
    } else {
      out.write(LONGEST_SHORT);
      out.write(bytes.length);
      out.write(bytes.length >> 8);
      out.write(bytes.length >> 16);
    }
    out.writeBytes(bytes);
  }

  static long xxh64(byte[] in) {
    int at = 0;
    long hash;
    if (in.length >= 32) {
      long a = SEED + P1 + P2;
      long b = SEED + P2;
      long c = SEED;
      long d = SEED - P1;
      for (; at + 32 <= in.length; at += 32) {
        a = round(a, (long) LONGS.get(in, at));
        b = round(b, (long) LONGS.get(in, at + 8));
        c = round(c, (long) LONGS.get(in, at + 16));
        d = round(d, (long) LONGS.get(in, at + 24));
      }
      hash =
          Long.rotateLeft(a, 1)
              + Long.rotateLeft(b, 7)
              + Long.rotateLeft(c, 12)
              + Long.rotateLeft(d, 18);
      hash = merge(merge(merge(merge(hash, a), b), c), d);
    } else {
      hash = P5;
    }
    hash += in.length;
    for (; at + 8 <= in.length; at += 8) {
      hash = Long.rotateLeft(hash ^ round(0, (long) LONGS.get(in, at)), 27) * P1 + P4;
    }
    if (at + 4 <= in.length) {
      hash = Long.rotateLeft(hash ^ ((int) INTS.get(in, at) & 0xFFFFFFFFL) * P1, 23) * P2 + P3;
      at += 4;
    }
    for (; at < in.length; at++) {
      hash = Long.rotateLeft(hash ^ (in[at] & 0xFF) * P5, 11) * P1;
    }
    hash = (hash ^ (hash >>> 33)) * P2;
    hash = (hash ^ (hash >>> 29)) * P3;
    return hash ^ (hash >>> 32);
  }

  private static long round(long accumulator, long value) {
    return Long.rotateLeft(accumulator + value * P2, 31) * P1;
  }

  private static long merge(long hash, long value) {
    return (hash ^ round(0, value)) * P1 + P4;
  }
}
