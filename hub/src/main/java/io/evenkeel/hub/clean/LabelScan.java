package io.evenkeel.hub.clean;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finds the metric name, instance and job in a series' encoded labels without decoding them.
/// Reusable, not thread-safe. Labels that are not encoded as every sender does it are simply not
/// found: the store refuses what cannot be read.
final class LabelScan {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long METRIC_NAME = word("__name__");
  private static final long INSTANCE = word("instance");
  private static final int JOB = 'j' | 'o' << 8 | 'b' << 16;

  int nameOffset;
  int nameLength;
  int instanceOffset;
  int instanceLength;
  int jobOffset;
  int jobLength;

  /// Where the label with the metric's name ends.
  int nameLabelEnd;

  /// Where the label with the metric's name begins.
  int nameLabelStart;

  private int at;

  private static long word(String eight) {
    long word = 0;
    for (int i = 0; i < 8; i++) {
      word |= (long) eight.charAt(i) << 8 * i;
    }
    return word;
  }

  /// Scans labels up to the metric's name, which nearly always comes first.
  void scanName(byte[] bytes, int offset, int length) {
    nameLength = 0;
    scan(bytes, offset, offset + length, true);
  }

  /// Scans all labels.
  void scanAll(byte[] bytes, int offset, int length) {
    nameLength = 0;
    instanceOffset = 0;
    instanceLength = 0;
    jobOffset = 0;
    jobLength = 0;
    scan(bytes, offset, offset + length, false);
  }

  private void scan(byte[] bytes, int from, int end, boolean onlyName) {
    at = from;
    while (at < end) {
      int labelStart = at;
      int label = field(bytes, end, 0x0A);
      if (label < 0) {
        return;
      }
      int labelEnd = at + label;
      int name = field(bytes, labelEnd, 0x0A);
      if (name < 0) {
        return;
      }
      int nameAt = at;
      at += name;
      int value = at == labelEnd ? 0 : field(bytes, labelEnd, 0x12);
      if (value < 0) {
        return;
      }
      if (name == 8) {
        long word = (long) LONG.get(bytes, nameAt);
        if (word == METRIC_NAME) {
          nameOffset = at;
          nameLength = value;
          nameLabelStart = labelStart;
          nameLabelEnd = labelEnd;
          if (onlyName) {
            return;
          }
        } else if (word == INSTANCE) {
          instanceOffset = at;
          instanceLength = value;
        }
      } else if (name == 3
          && (bytes[nameAt] | bytes[nameAt + 1] << 8 | bytes[nameAt + 2] << 16) == JOB) {
        jobOffset = at;
        jobLength = value;
      }
      at = labelEnd;
    }
  }

  /// The length of the field that must come next, -1 when it does not; leaves the position at its
  /// content, all of which is there.
  private int field(byte[] bytes, int end, int tag) {
    if (at >= end || bytes[at] != tag) {
      return -1;
    }
    at++;
    int length = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      if (at >= end) {
        return -1;
      }
      byte b = bytes[at++];
      length |= (b & 0x7F) << shift;
      if (b >= 0) {
        return length <= end - at ? length : -1;
      }
    }
    return -1;
  }

  /// A 64-bit hash of some bytes, good enough to stand for them among a few thousand.
  static long hash(byte[] bytes, int offset, int length) {
    long hash = 0x9E3779B97F4A7C15L * (length + 1);
    int at = offset;
    int end = offset + length;
    for (; end - at >= 8; at += 8) {
      hash = mix(hash ^ (long) LONG.get(bytes, at));
    }
    long rest = 0;
    for (int shift = 0; at < end; at++, shift += 8) {
      rest |= (long) (bytes[at] & 0xFF) << shift;
    }
    return mix(hash ^ rest);
  }

  /// Joins a hash with another number.
  static long mix(long value) {
    long z = value * 0xBF58476D1CE4E5B9L;
    z ^= z >>> 29;
    z *= 0x94D049BB133111EBL;
    return z ^ z >>> 32;
  }
}
