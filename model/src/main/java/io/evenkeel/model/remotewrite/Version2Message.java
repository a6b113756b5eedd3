package io.evenkeel.model.remotewrite;

import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.WireException;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Remote write 2.0's `io.prometheus.write.v2.Request`.
///
/// Labels are numbers in a table of symbols, which may stand behind the series: the table is read
/// in a first walk. They are then spelled out as version 1.0 has them, into slabs whose total is
/// bounded, because a few references can stand for many bytes.
final class Version2Message {
  private static final int SLAB_BYTES = 1 << 16;
  private static final int SYMBOLS_PER_SERIES = 4;
  private static final byte[] METRIC_NAME = {'_', '_', 'n', 'a', 'm', 'e', '_', '_'};

  private final ProtoCursor cursor;
  private final DecodedRequest request;

  private int[] symbolOffset = new int[256];
  private int[] symbolLength = new int[256];
  private int symbols;
  private final BitSet metadataSeen = new BitSet();

  private byte[] slab = new byte[0];
  private int slabUsed;
  private long slabBytes;

  private final int[] references;
  private int referenceCount;

  Version2Message(ProtoCursor cursor, DecodedRequest request) {
    this.cursor = cursor;
    this.request = request;
    this.references = new int[2 * request.limits.labels()];
  }

  void read() throws WireException {
    int from = cursor.position();
    readSymbols();
    cursor.position(from);
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag >>> 3 == 5) {
        cursor.expect(tag, ProtoCursor.BYTES);
        int outer = cursor.enter();
        series();
        cursor.leave(outer);
      } else {
        cursor.skip(tag);
      }
    }
  }

  private void readSymbols() throws WireException {
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag >>> 3 != 4) {
        cursor.skip(tag);
        continue;
      }
      cursor.expect(tag, ProtoCursor.BYTES);
      int length = cursor.length();
      if (symbols >= SYMBOLS_PER_SERIES * request.limits.series()) {
        throw WireException.tooLarge("more than " + symbols + " symbols: send smaller requests");
      }
      if (symbols == symbolOffset.length) {
        symbolOffset = Arrays.copyOf(symbolOffset, 2 * symbols);
        symbolLength = Arrays.copyOf(symbolLength, 2 * symbols);
      }
      symbolOffset[symbols] = cursor.position();
      symbolLength[symbols++] = length;
      cursor.position(cursor.position() + length);
    }
    if (symbols > 0 && symbolLength[0] != 0) {
      throw WireException.malformed("the first symbol must be the empty string");
    }
  }

  private void series() throws WireException {
    request.countSeries();
    int from = cursor.position();
    referenceCount = 0;
    long createdMillis = 0;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> references(tag);
        case 6 -> {
          // Release candidates of 2.0 had the start time here; Prometheus 3.0 to 3.7 send it so.
          cursor.expect(tag, ProtoCursor.VARINT);
          createdMillis = cursor.varint();
        }
        default -> cursor.skip(tag);
      }
    }
    cursor.position(from);
    String refusal = refusal();
    if (refusal != null) {
      request.refuseSeries(refusal);
      fields(-1, 0);
      return;
    }
    int length = spellOut();
    fields(request.add(slab, slabUsed - length, length), createdMillis);
  }

  private @Nullable String refusal() throws WireException {
    if (referenceCount == 0) {
      return "a series has no labels";
    }
    if (referenceCount % 2 != 0) {
      throw WireException.malformed("a series has a label name without a value");
    }
    RequestLimits limits = request.limits;
    if (referenceCount / 2 > limits.labels()) {
      return "a series has "
          + referenceCount / 2
          + " labels, at most "
          + limits.labels()
          + " are accepted";
    }
    for (int i = 0; i < referenceCount; i++) {
      int limit = i % 2 == 0 ? limits.labelNameBytes() : limits.labelValueBytes();
      if (symbolLength[references[i]] > limit) {
        return "a label's "
            + (i % 2 == 0 ? "name" : "value")
            + " has "
            + symbolLength[references[i]]
            + " bytes, at most "
            + limit
            + " are accepted";
      }
    }
    return null;
  }

  private void references(int tag) throws WireException {
    if ((tag & 7) == ProtoCursor.VARINT) {
      reference();
      return;
    }
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    while (cursor.hasMore()) {
      reference();
    }
    cursor.leave(outer);
  }

  private void reference() throws WireException {
    int symbol = symbol(cursor.varint());
    // Of more labels than a series may have, only the number is of interest.
    if (referenceCount < references.length) {
      references[referenceCount] = symbol;
    }
    referenceCount++;
  }

  private int symbol(long number) throws WireException {
    if (number < 0 || number >= symbols) {
      throw WireException.malformed(
          "symbol " + Long.toUnsignedString(number) + " is not in the table of " + symbols);
    }
    return (int) number;
  }

  private String text(long number) throws WireException {
    if (number == 0) {
      return "";
    }
    int symbol = symbol(number);
    return ProtoCursor.utf8(cursor.array(), symbolOffset[symbol], symbolLength[symbol]);
  }

  /// Writes the referenced labels behind each other into a slab; answers their length.
  private int spellOut() throws WireException {
    int length = 0;
    for (int i = 0; i < referenceCount; i += 2) {
      int content = contentLength(i);
      length += 1 + varintSize(content) + content;
    }
    slabBytes += length;
    if (slabBytes > 2L * request.limits.decodedBytes()) {
      throw WireException.tooLarge(
          "the labels spelled out are more than "
              + 2L * request.limits.decodedBytes()
              + " bytes: send smaller requests");
    }
    if (slab.length - slabUsed < length) {
      slab = new byte[Math.max(SLAB_BYTES, length)];
      slabUsed = 0;
    }
    for (int i = 0; i < referenceCount; i += 2) {
      slab[slabUsed++] = 0x0A;
      writeVarint(contentLength(i));
      writeField((byte) 0x0A, references[i]);
      writeField((byte) 0x12, references[i + 1]);
    }
    return length;
  }

  private int contentLength(int i) {
    int name = symbolLength[references[i]];
    int value = symbolLength[references[i + 1]];
    return 2 + varintSize(name) + name + varintSize(value) + value;
  }

  private void writeField(byte tag, int symbol) {
    slab[slabUsed++] = tag;
    writeVarint(symbolLength[symbol]);
    System.arraycopy(cursor.array(), symbolOffset[symbol], slab, slabUsed, symbolLength[symbol]);
    slabUsed += symbolLength[symbol];
  }

  private void writeVarint(int value) {
    int rest = value;
    while (rest > 0x7F) {
      slab[slabUsed++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    slab[slabUsed++] = (byte) rest;
  }

  private static int varintSize(int value) {
    return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
  }

  private void fields(int series, long createdMillis) throws WireException {
    int nameSymbol = series < 0 ? 0 : metricNameSymbol();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      int field = tag >>> 3;
      if (field < 2 || field > 5) {
        cursor.skip(tag);
        continue;
      }
      cursor.expect(tag, ProtoCursor.BYTES);
      if (field != 5) {
        request.countSample();
      }
      if (series < 0) {
        if (field != 5) {
          request.refuseSample();
        }
        cursor.skip(tag);
        continue;
      }
      int outer = cursor.enter();
      switch (field) {
        case 2 -> sample(series, createdMillis);
        case 3 -> {
          request.histograms.read(cursor);
          request.histogram(series, createdMillis);
        }
        case 4 -> exemplar(series);
        default -> metadata(nameSymbol);
      }
      cursor.leave(outer);
    }
  }

  private void sample(int series, long createdMillis) throws WireException {
    long bits = 0;
    long timestampMillis = 0;
    long startMillis = createdMillis;
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
        case 3 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          startMillis = cursor.varint();
        }
        default -> cursor.skip(tag);
      }
    }
    request.sample(series, timestampMillis, bits, startMillis);
  }

  private void exemplar(int series) throws WireException {
    referenceCount = 0;
    long bits = 0;
    long timestampMillis = 0;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> references(tag);
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
    String refusal = referenceCount == 0 ? null : refusal();
    if (refusal != null) {
      request.refuseExemplar(series, refusal);
      return;
    }
    int length = spellOut();
    request.exemplar(series, slab, slabUsed - length, length, bits, timestampMillis);
  }

  private void metadata(int nameSymbol) throws WireException {
    long type = 0;
    long help = 0;
    long unit = 0;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          type = cursor.varint();
        }
        case 3 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          help = cursor.varint();
        }
        case 4 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          unit = cursor.varint();
        }
        default -> cursor.skip(tag);
      }
    }
    // Senders repeat a metric's metadata with each of its series.
    if (nameSymbol == 0 || metadataSeen.get(nameSymbol)) {
      return;
    }
    metadataSeen.set(nameSymbol);
    request.metadata(text(nameSymbol), type, text(unit), text(help));
  }

  /// The symbol of the current series' metric name, or 0.
  private int metricNameSymbol() {
    for (int i = 0; i < referenceCount; i += 2) {
      if (isMetricNameLabel(references[i])) {
        return references[i + 1];
      }
    }
    return 0;
  }

  private boolean isMetricNameLabel(int symbol) {
    int offset = symbolOffset[symbol];
    byte[] name = METRIC_NAME;
    return Arrays.equals(
        cursor.array(), offset, offset + symbolLength[symbol], name, 0, name.length);
  }
}
