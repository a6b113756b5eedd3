package io.evenkeel.model.remotewrite;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.wire.HistogramParts;
import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.WireException;
import org.jspecify.annotations.Nullable;

/// Reads one native histogram message, which remote write 1.0 and 2.0 share. Not thread-safe.
final class HistogramDecoder {
  private final HistogramParts parts;
  private @Nullable String contradiction;
  private long timestampMillis;
  private long startMillis;

  HistogramDecoder(int maxBuckets) {
    parts = new HistogramParts(maxBuckets);
  }

  /// The histogram read last, or null when its parts contradict each other; see [#contradiction].
  @Nullable NativeHistogram histogram() {
    return contradiction == null ? parts.build() : null;
  }

  String contradiction() {
    return contradiction == null ? "" : contradiction;
  }

  long timestampMillis() {
    return timestampMillis;
  }

  long startMillis() {
    return startMillis;
  }

  /// Reads the message that the cursor has entered, up to its end.
  void read(ProtoCursor cursor) throws WireException {
    timestampMillis = 0;
    startMillis = 0;
    parts.clear();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> parts.count(cursor, tag);
        case 2 -> parts.floatCount(cursor, tag);
        case 3 -> parts.sum(cursor, tag);
        case 4 -> parts.schema(cursor, tag);
        case 5 -> parts.zeroThreshold(cursor, tag);
        case 6 -> parts.zeroCount(cursor, tag);
        case 7 -> parts.floatZeroCount(cursor, tag);
        case 8 -> parts.negativeSpan(cursor, tag);
        case 9 -> parts.negativeDeltas(cursor, tag);
        case 10 -> parts.negativeCounts(cursor, tag);
        case 11 -> parts.positiveSpan(cursor, tag);
        case 12 -> parts.positiveDeltas(cursor, tag);
        case 13 -> parts.positiveCounts(cursor, tag);
        case 14 -> parts.resetHint(cursor, tag);
        case 15 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          timestampMillis = cursor.varint();
        }
        case 16 -> parts.customBounds(cursor, tag);
        case 17 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          startMillis = cursor.varint();
        }
        default -> cursor.skip(tag);
      }
    }
    contradiction = parts.contradiction();
  }
}
