package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;

/// A row of bits, the highest of a byte first. Not thread-safe.
final class BitWriter {
  private final ByteWriter out = new ByteWriter(4096);
  private long pending;
  private int pendingBits;
  private long size;

  /// Appends the lowest bits of a number, at most 63.
  void write(long value, int count) {
    size += count;
    int room = 64 - pendingBits;
    if (count < room) {
      pending = pending << count | value & (1L << count) - 1;
      pendingBits += count;
      return;
    }
    int rest = count - room;
    // A shift by 64 would be one by 0.
    long high = room == 64 ? 0 : pending << room;
    out.i64(Long.reverseBytes(high | value >>> rest & -1L >>> (64 - room)));
    pending = value & (1L << rest) - 1;
    pendingBits = rest;
  }

  /// How many bits were written.
  long size() {
    return size;
  }

  /// Appends the bytes to another row, the last filled up with zeros, and begins anew.
  void finish(ByteWriter into) {
    into.put(out.array(), 0, out.size());
    for (int left = pendingBits; left > 0; left -= 8) {
      into.u8((int) (left >= 8 ? pending >>> (left - 8) : pending << (8 - left)) & 0xFF);
    }
    out.clear();
    pending = 0;
    pendingBits = 0;
    size = 0;
  }
}
