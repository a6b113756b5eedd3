package io.evenkeel.model.remotewrite;

import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.WireException;
import org.jspecify.annotations.Nullable;

/// Remote write 1.0's `prometheus.WriteRequest`.
///
/// A series is walked twice: first its labels are found and measured, then its samples are read.
/// Every known sender writes the labels together and first, so that their bytes are the series'
/// name as they stand; where they are scattered, which protobuf allows, they are gathered.
final class Version1Message {
  private static final int LABEL_NAME = 1 << 3 | ProtoCursor.BYTES;
  private static final int LABEL_VALUE = 2 << 3 | ProtoCursor.BYTES;

  private static final byte LABEL = 1 << 3 | ProtoCursor.BYTES;
  private static final byte VALUE = 1 << 3 | ProtoCursor.FIXED64;
  private static final byte TIMESTAMP = 2 << 3 | ProtoCursor.VARINT;

  private final ProtoCursor cursor;
  private final DecodedRequest request;

  /// A label of at most this many bytes breaks no limit.
  private final int shortLabel;

  private int labelsFrom;
  private int labelsTo;
  private int labelsBytes;
  private @Nullable String refusal;

  Version1Message(ProtoCursor cursor, DecodedRequest request) {
    this.cursor = cursor;
    this.request = request;
    this.shortLabel = Math.min(request.limits.labelNameBytes(), request.limits.labelValueBytes());
  }

  void read() throws WireException {
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> {
          cursor.expect(tag, ProtoCursor.BYTES);
          int outer = cursor.enter();
          series();
          cursor.leave(outer);
        }
        case 3 -> {
          cursor.expect(tag, ProtoCursor.BYTES);
          request.countSeries();
          int outer = cursor.enter();
          metadata();
          cursor.leave(outer);
        }
        default -> cursor.skip(tag);
      }
    }
  }

  private void series() throws WireException {
    request.countSeries();
    int from = cursor.position();
    measureLabels();
    cursor.position(from);
    if (refusal != null) {
      request.refuseSeries(refusal);
      samples(-1);
    } else if (labelsTo - labelsFrom == labelsBytes) {
      samples(request.add(cursor.array(), labelsFrom, labelsBytes));
    } else {
      byte[] gathered = gatherLabels();
      cursor.position(from);
      samples(request.add(gathered, 0, gathered.length));
    }
  }

  private void measureLabels() throws WireException {
    refusal = null;
    labelsFrom = cursor.position();
    labelsTo = labelsFrom;
    labelsBytes = 0;
    int labels = passShortLabels();
    while (cursor.hasMore()) {
      int start = cursor.position();
      int tag = cursor.tag();
      if (tag >>> 3 != 1) {
        cursor.skip(tag);
        continue;
      }
      cursor.expect(tag, ProtoCursor.BYTES);
      int outer = cursor.enter();
      measureLabel();
      cursor.leave(outer);
      if (labels++ == 0) {
        labelsFrom = start;
      }
      labelsTo = cursor.position();
      labelsBytes += labelsTo - start;
    }
    if (labels == 0) {
      refusal = "a series has no labels";
    } else if (labels > request.limits.labels()) {
      refusal =
          "a series has "
              + labels
              + " labels, at most "
              + request.limits.labels()
              + " are accepted";
    }
  }

  /// Passes over the labels that a series begins with as long as they are too short to break a
  /// limit, which is nearly all, without looking into them; whoever meets the series for the first
  /// time does. Answers how many they are.
  private int passShortLabels() {
    byte[] bytes = cursor.array();
    int end = cursor.end();
    int at = cursor.position();
    int labels = 0;
    while (end - at >= 2 && bytes[at] == LABEL && bytes[at + 1] >= 0) {
      int next = at + 2 + bytes[at + 1];
      if (bytes[at + 1] > shortLabel || next > end) {
        break;
      }
      at = next;
      labels++;
    }
    labelsTo = at;
    labelsBytes = at - cursor.position();
    cursor.position(at);
    return labels;
  }

  private void measureLabel() throws WireException {
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag != LABEL_NAME && tag != LABEL_VALUE) {
        throw WireException.malformed("a label has an unknown field at byte " + cursor.position());
      }
      int length = cursor.length();
      int limit =
          tag == LABEL_NAME ? request.limits.labelNameBytes() : request.limits.labelValueBytes();
      if (length > limit) {
        refusal =
            "a label's "
                + (tag == LABEL_NAME ? "name" : "value")
                + " has "
                + length
                + " bytes, at most "
                + limit
                + " are accepted";
      }
      cursor.position(cursor.position() + length);
    }
  }

  private byte[] gatherLabels() throws WireException {
    byte[] gathered = new byte[labelsBytes];
    int length = 0;
    while (cursor.hasMore()) {
      int start = cursor.position();
      int tag = cursor.tag();
      cursor.skip(tag);
      if (tag >>> 3 == 1) {
        int bytes = cursor.position() - start;
        System.arraycopy(cursor.array(), start, gathered, length, bytes);
        length += bytes;
      }
    }
    return gathered;
  }

  /// Reads everything of a series but its labels; a negative number refuses it all.
  private void samples(int series) throws WireException {
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      int field = tag >>> 3;
      if (field < 2 || field > 4) {
        cursor.skip(tag);
        continue;
      }
      cursor.expect(tag, ProtoCursor.BYTES);
      request.countSample();
      if (series < 0) {
        request.refuseSample();
        cursor.skip(tag);
        continue;
      }
      int outer = cursor.enter();
      switch (field) {
        case 2 -> sample(series);
        case 3 -> exemplar(series);
        default -> {
          request.histograms.read(cursor);
          request.histogram(series, 0);
        }
      }
      cursor.leave(outer);
    }
  }

  private void sample(int series) throws WireException {
    byte[] bytes = cursor.array();
    int at = cursor.position();
    if (cursor.end() - at >= 11 && bytes[at] == VALUE && bytes[at + 9] == TIMESTAMP) {
      // As every known sender writes it.
      cursor.position(at + 1);
      long value = cursor.fixed64();
      cursor.position(at + 10);
      long time = cursor.varint();
      if (!cursor.hasMore()) {
        request.sample(series, time, value, 0);
        return;
      }
      cursor.position(at);
    }
    long bits = 0;
    long timestampMillis = 0;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> {
          cursor.expect(tag, ProtoCursor.FIXED64);
          bits = cursor.fixed64();
        }
        case 2 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          timestampMillis = cursor.varint();
        }
        default -> cursor.skip(tag);
      }
    }
    request.sample(series, timestampMillis, bits, 0);
  }

  private void exemplar(int series) throws WireException {
    int from = cursor.position();
    int to = from;
    long bits = 0;
    long timestampMillis = 0;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> {
          cursor.skip(tag);
          to = cursor.position();
        }
        case 2 -> {
          cursor.expect(tag, ProtoCursor.FIXED64);
          bits = cursor.fixed64();
        }
        case 3 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          timestampMillis = cursor.varint();
        }
        default -> cursor.skip(tag);
      }
    }
    request.exemplar(series, cursor.array(), from, to - from, bits, timestampMillis);
  }

  private void metadata() throws WireException {
    long type = 0;
    String metric = "";
    String help = "";
    String unit = "";
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          type = cursor.varint();
        }
        case 2 -> metric = text(tag);
        case 4 -> help = text(tag);
        case 5 -> unit = text(tag);
        default -> cursor.skip(tag);
      }
    }
    request.metadata(metric, type, unit, help);
  }

  private String text(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    return cursor.string();
  }
}
