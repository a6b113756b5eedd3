package io.evenkeel.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Labels as bytes, in the encoding that remote write 1.0 gives them inside a time series: repeated
/// protobuf field 1, each a message of name (field 1) and value (field 2).
///
/// A request's labels can so be looked up without decoding them, and the agent encodes each series
/// once. Two encodings of the same labels may differ (order, empty values); [#decode] gives the one
/// identity.
public final class LabelBytes {
  private static final int FIELD_1_BYTES = 0x0A;
  private static final int FIELD_2_BYTES = 0x12;

  private LabelBytes() {}

  /// The canonical encoding: labels in their order, none empty.
  public static byte[] encode(Labels labels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(32 * labels.size());
    for (int i = 0; i < labels.size(); i++) {
      byte[] name = labels.name(i).getBytes(StandardCharsets.UTF_8);
      byte[] value = labels.value(i).getBytes(StandardCharsets.UTF_8);
      out.write(FIELD_1_BYTES);
      writeVarint(
          out, 2 + varintSize(name.length) + name.length + varintSize(value.length) + value.length);
      writeField(out, FIELD_1_BYTES, name);
      writeField(out, FIELD_2_BYTES, value);
    }
    return out.toByteArray();
  }

  /// The labels that some bytes encode.
  ///
  /// @throws InvalidLabelsException when the bytes are cut, not UTF-8, or a name is empty or
  ///   repeats
  public static Labels decode(byte[] bytes, int offset, int length) throws InvalidLabelsException {
    Labels.Builder labels = new Labels.Builder();
    Reader reader = new Reader(bytes, offset, offset + length);
    while (reader.hasMore()) {
      reader.expect(FIELD_1_BYTES);
      Reader label = reader.message();
      String name = "";
      String value = "";
      while (label.hasMore()) {
        switch (label.tag()) {
          case FIELD_1_BYTES -> name = label.string();
          case FIELD_2_BYTES -> value = label.string();
          default -> throw new InvalidLabelsException("a label has an unknown field");
        }
      }
      if (name.isEmpty()) {
        throw new InvalidLabelsException("a label has no name (its value is '" + value + "')");
      }
      if (labels.has(name)) {
        throw new InvalidLabelsException("label '" + name + "' stands twice");
      }
      labels.set(name, value);
    }
    return labels.build();
  }

  private static void writeField(ByteArrayOutputStream out, int tag, byte[] bytes) {
    out.write(tag);
    writeVarint(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void writeVarint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest > 0x7F) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static int varintSize(int value) {
    return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
  }

  /// Reads tags, lengths and strings between two offsets.
  private static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int at;

    Reader(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    boolean hasMore() {
      return at < end;
    }

    int tag() throws InvalidLabelsException {
      return varint();
    }

    void expect(int wanted) throws InvalidLabelsException {
      int tag = tag();
      if (tag != wanted) {
        throw new InvalidLabelsException("expected a label (field 1), found tag " + tag);
      }
    }

    Reader message() throws InvalidLabelsException {
      int length = length();
      Reader inner = new Reader(bytes, at, at + length);
      at += length;
      return inner;
    }

    String string() throws InvalidLabelsException {
      int length = length();
      try {
        String text =
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes, at, length))
                .toString();
        at += length;
        return text;
      } catch (CharacterCodingException e) {
        throw new InvalidLabelsException("a label's name or value is not UTF-8");
      }
    }

    private int length() throws InvalidLabelsException {
      int length = varint();
      if (length < 0 || length > end - at) {
        throw new InvalidLabelsException(
            "a label is cut off: " + length + " bytes announced, " + (end - at) + " there");
      }
      return length;
    }

    private int varint() throws InvalidLabelsException {
      int value = 0;
      for (int shift = 0; shift < 35; shift += 7) {
        if (at >= end) {
          throw new InvalidLabelsException("labels are cut off in the middle of a number");
        }
        byte b = bytes[at++];
        value |= (b & 0x7F) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw new InvalidLabelsException("a length in the labels is too long");
    }
  }
}
