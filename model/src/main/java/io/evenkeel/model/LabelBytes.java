package io.evenkeel.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Labels as bytes, in the encoding that remote write 1.0 gives them inside a time series: repeated
/// protobuf field 1, each a message of name (field 1) and value (field 2).
///
/// A request's labels can so be looked up without decoding them, and the agent encodes each series
/// once. Two encodings of the same labels may differ (order, empty values); [#decode] gives the one
/// identity.
public final class LabelBytes {
  private static final int FIELD_1_BYTES = 0x0A;
  private static final int FIELD_2_BYTES = 0x12;
  private static final int USUAL_LABELS = 12;

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
    return decode(bytes, offset, length, LabelBytes::text);
  }

  /// The labels that some bytes encode, their names and values shared with other labels.
  ///
  /// @throws InvalidLabelsException when the bytes are cut, not UTF-8, or a name is empty or
  ///   repeats
  public static Labels decode(byte[] bytes, int offset, int length, SharedTexts texts)
      throws InvalidLabelsException {
    return decode(bytes, offset, length, (Texts) texts::of);
  }

  private static Labels decode(byte[] bytes, int offset, int length, Texts texts)
      throws InvalidLabelsException {
    Reader reader = new Reader(bytes, offset, offset + length, texts);
    String[] pairs = new String[2 * USUAL_LABELS];
    int size = 0;
    while (reader.nextLabel()) {
      if (size == pairs.length) {
        pairs = Arrays.copyOf(pairs, 2 * size);
      }
      if (reader.value.isEmpty()
          || (size > 0 && Utf8Order.INSTANCE.compare(pairs[size - 2], reader.name) >= 0)) {
        return decodeUnordered(new Reader(bytes, offset, offset + length, texts));
      }
      pairs[size++] = reader.name;
      pairs[size++] = reader.value;
    }
    return Labels.ofSorted(Arrays.copyOf(pairs, size));
  }

  private static Labels decodeUnordered(Reader reader) throws InvalidLabelsException {
    Labels.Builder labels = new Labels.Builder();
    while (reader.nextLabel()) {
      if (labels.has(reader.name)) {
        throw new InvalidLabelsException("label '" + reader.name + "' stands twice");
      }
      labels.set(reader.name, reader.value);
    }
    return labels.build();
  }

  /// Makes a string of UTF-8 bytes.
  private interface Texts {
    String of(byte[] bytes, int offset, int length) throws InvalidLabelsException;
  }

  /// A new string of UTF-8 bytes.
  static String text(byte[] bytes, int offset, int length) throws InvalidLabelsException {
    try {
      return Utf8.text(bytes, offset, length);
    } catch (CharacterCodingException e) {
      throw new InvalidLabelsException("a label's name or value is not UTF-8");
    }
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

  /// Reads labels between two offsets.
  private static final class Reader {
    private final byte[] bytes;
    private final int end;
    private final Texts texts;
    private int at;
    private String name = "";
    private String value = "";

    Reader(byte[] bytes, int from, int end, Texts texts) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
      this.texts = texts;
    }

    /// Reads one label, if there is another.
    boolean nextLabel() throws InvalidLabelsException {
      if (at >= end) {
        return false;
      }
      int tag = varint(end);
      if (tag != FIELD_1_BYTES) {
        throw new InvalidLabelsException("expected a label (field 1), found tag " + tag);
      }
      int length = length(end);
      int labelEnd = at + length;
      name = "";
      value = "";
      while (at < labelEnd) {
        switch (varint(labelEnd)) {
          case FIELD_1_BYTES -> name = string(labelEnd);
          case FIELD_2_BYTES -> value = string(labelEnd);
          default -> throw new InvalidLabelsException("a label has an unknown field");
        }
      }
      if (name.isEmpty()) {
        throw new InvalidLabelsException("a label has no name (its value is '" + value + "')");
      }
      return true;
    }

    private String string(int within) throws InvalidLabelsException {
      int length = length(within);
      String text = texts.of(bytes, at, length);
      at += length;
      return text;
    }

    private int length(int within) throws InvalidLabelsException {
      int length = varint(within);
      if (length < 0 || length > within - at) {
        throw new InvalidLabelsException(
            "a label is cut off: " + length + " bytes announced, " + (within - at) + " there");
      }
      return length;
    }

    private int varint(int within) throws InvalidLabelsException {
      int number = 0;
      for (int shift = 0; shift < 35; shift += 7) {
        if (at >= within) {
          throw new InvalidLabelsException("labels are cut off in the middle of a number");
        }
        byte b = bytes[at++];
        number |= (b & 0x7F) << shift;
        if (b >= 0) {
          return number;
        }
      }
      throw new InvalidLabelsException("a length in the labels is too long");
    }
  }
}
