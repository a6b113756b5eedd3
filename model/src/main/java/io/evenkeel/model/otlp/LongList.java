package io.evenkeel.model.otlp;

import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.WireException;
import java.util.Arrays;

/// A growing list of 64-bit values from a repeated field. Not thread-safe.
final class LongList {
  private long[] values = new long[16];
  private int size;

  int size() {
    return size;
  }

  long get(int index) {
    return values[index];
  }

  void clear() {
    size = 0;
  }

  /// Reads a repeated fixed64 or double field, packed or one by one.
  void readFixed(ProtoCursor cursor, int tag, int atMost) throws WireException {
    if ((tag & 7) == ProtoCursor.FIXED64) {
      add(cursor.fixed64(), atMost);
      return;
    }
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    while (cursor.hasMore()) {
      add(cursor.fixed64(), atMost);
    }
    cursor.leave(outer);
  }

  /// Reads a repeated varint field, packed or one by one.
  void readVarints(ProtoCursor cursor, int tag, int atMost) throws WireException {
    if ((tag & 7) == ProtoCursor.VARINT) {
      add(cursor.varint(), atMost);
      return;
    }
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    while (cursor.hasMore()) {
      add(cursor.varint(), atMost);
    }
    cursor.leave(outer);
  }

  private void add(long value, int atMost) throws WireException {
    if (size >= atMost) {
      throw WireException.tooLarge(
          "more than " + atMost + " histogram buckets: send smaller requests");
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }
}
