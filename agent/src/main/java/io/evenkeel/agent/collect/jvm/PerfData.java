package io.evenkeel.agent.collect.jvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The numbers in HotSpot's performance data file, version 2 (perfMemory.hpp, perfData.hpp): a
/// prologue, then entries of a name and a value each.
final class PerfData {
  private static final int MAGIC = 0xCAFEC0C0;
  private static final int PROLOGUE = 32;
  private static final int ORDER = 4;
  private static final int ENTRY = 20;
  private static final int MOST_ENTRIES = 10_000;

  private PerfData() {}

  /// One number.
  ///
  /// @param place at which byte of the file it stands
  record Entry(int place, long value) {}

  /// Whether the file's numbers begin with their lowest byte.
  static boolean isLittleEndian(byte[] bytes) {
    return bytes[ORDER] == 1;
  }

  /// The entries that are one `long` and whose names have one of some beginnings (ASCII); none when
  /// the bytes are no such file, or one that its process has not finished writing.
  static Map<String, Entry> longs(byte[] bytes, String... beginnings) {
    Map<String, Entry> values = new HashMap<>();
    if (bytes.length < PROLOGUE) {
      return values;
    }
    ByteBuffer data = ByteBuffer.wrap(bytes);
    if (data.getInt(0) != MAGIC || data.get(5) != 2 || data.get(7) == 0) {
      return values;
    }
    data.order(isLittleEndian(bytes) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int at = data.getInt(24);
    int entries = Math.clamp(data.getInt(28), 0, MOST_ENTRIES);
    for (int i = 0; i < entries && at >= PROLOGUE && at + ENTRY <= bytes.length; i++) {
      int length = data.getInt(at);
      int name = at + data.getInt(at + 4);
      int vector = data.getInt(at + 8);
      int value = at + data.getInt(at + 16);
      if (length < ENTRY || length > bytes.length - at) {
        break;
      }
      boolean inside = name > at && name < bytes.length && value > at && value + 8 <= bytes.length;
      if (inside && data.get(at + 12) == 'J' && vector == 0 && begins(bytes, name, beginnings)) {
        values.put(text(bytes, name), new Entry(value, data.getLong(value)));
      }
      at += length;
    }
    return values;
  }

  private static boolean begins(byte[] bytes, int from, String[] beginnings) {
    for (String beginning : beginnings) {
      int same = 0;
      while (same < beginning.length()
          && from + same < bytes.length
          && bytes[from + same] == beginning.charAt(same)) {
        same++;
      }
      if (same == beginning.length()) {
        return true;
      }
    }
    return false;
  }

  private static String text(byte[] bytes, int from) {
    int to = from;
    while (to < bytes.length && bytes[to] != 0) {
      to++;
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
