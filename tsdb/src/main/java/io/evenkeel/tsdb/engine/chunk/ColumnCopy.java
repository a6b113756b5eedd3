package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.tsdb.storage.SampleColumns;

/// Copies samples between buffers, whatever they are.
public final class ColumnCopy {
  private ColumnCopy() {}

  /// Appends one sample of a buffer to another.
  public static void one(SampleColumns from, int index, SampleColumns into) {
    NativeHistogram histogram = from.histogram(index);
    if (histogram == null) {
      into.add(from.times()[index], from.valueBits()[index], from.startTime(index));
    } else {
      into.add(from.times()[index], histogram, from.startTime(index));
    }
  }

  /// Appends a range of samples of a buffer to another.
  public static void range(SampleColumns from, int begin, int end, SampleColumns into) {
    for (int i = begin; i < end; i++) {
      one(from, i, into);
    }
  }
}
