package io.evenkeel.model.otlp;

import io.evenkeel.model.Labels;
import io.evenkeel.model.exposition.TextWriter;
import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.WireException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Attributes of a resource, point or exemplar: keys with values as texts. Not thread-safe.
final class Attributes {
  private static final int DEEPEST = 16;

  private final ProtoCursor cursor;
  private final Map<String, String> byKey = new TreeMap<>();

  Attributes(ProtoCursor cursor) {
    this.cursor = cursor;
  }

  void clear() {
    byKey.clear();
  }

  /// A value, or the empty text.
  String value(String key) {
    return byKey.getOrDefault(key, "");
  }

  Map<String, String> all() {
    return byKey;
  }

  /// Reads one KeyValue.
  void read(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    keyValue(byKey, 0);
  }

  private void keyValue(Map<String, String> into, int depth) throws WireException {
    int outer = cursor.enter();
    String key = "";
    String value = "";
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> {
          cursor.expect(tag, ProtoCursor.BYTES);
          key = cursor.string();
        }
        case 2 -> {
          cursor.expect(tag, ProtoCursor.BYTES);
          StringBuilder text = new StringBuilder();
          any(text, false, depth);
          value = text.toString();
        }
        default -> cursor.skip(tag);
      }
    }
    cursor.leave(outer);
    into.put(key, value);
  }

  /// Reads an AnyValue; inside lists and maps, texts stand in quotes as in JSON.
  private void any(StringBuilder out, boolean quoted, int depth) throws WireException {
    if (depth > DEEPEST) {
      throw WireException.malformed("an attribute is nested deeper than " + DEEPEST);
    }
    int outer = cursor.enter();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> {
          cursor.expect(tag, ProtoCursor.BYTES);
          text(out, cursor.string(), quoted);
        }
        case 2 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          out.append(cursor.varint() != 0);
        }
        case 3 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          out.append(cursor.varint());
        }
        case 4 -> {
          cursor.expect(tag, ProtoCursor.FIXED64);
          TextWriter.appendNumber(out, Double.longBitsToDouble(cursor.fixed64()));
        }
        case 5 -> {
          cursor.expect(tag, ProtoCursor.BYTES);
          list(out, depth);
        }
        case 6 -> {
          cursor.expect(tag, ProtoCursor.BYTES);
          map(out, depth);
        }
        case 7 -> {
          cursor.expect(tag, ProtoCursor.BYTES);
          int length = cursor.length();
          byte[] bytes = new byte[length];
          System.arraycopy(cursor.array(), cursor.position(), bytes, 0, length);
          cursor.position(cursor.position() + length);
          text(out, Base64.getEncoder().encodeToString(bytes), quoted);
        }
        default -> cursor.skip(tag);
      }
    }
    cursor.leave(outer);
  }

  private void list(StringBuilder out, int depth) throws WireException {
    int outer = cursor.enter();
    out.append('[');
    boolean first = true;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag >>> 3 == 1) {
        cursor.expect(tag, ProtoCursor.BYTES);
        out.append(first ? "" : ",");
        first = false;
        any(out, true, depth + 1);
      } else {
        cursor.skip(tag);
      }
    }
    out.append(']');
    cursor.leave(outer);
  }

  private void map(StringBuilder out, int depth) throws WireException {
    int outer = cursor.enter();
    Map<String, String> inner = new LinkedHashMap<>();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag >>> 3 == 1) {
        cursor.expect(tag, ProtoCursor.BYTES);
        keyValue(inner, depth + 1);
      } else {
        cursor.skip(tag);
      }
    }
    cursor.leave(outer);
    out.append('{');
    String separator = "";
    for (Map.Entry<String, String> entry : inner.entrySet()) {
      out.append(separator);
      text(out, entry.getKey(), true);
      out.append(':');
      text(out, entry.getValue(), true);
      separator = ",";
    }
    out.append('}');
  }

  private static void text(StringBuilder out, String text, boolean quoted) {
    if (!quoted) {
      out.append(text);
      return;
    }
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /// Adds these attributes to labels; the values of keys that become the same label are joined by
  /// ';', in the order of the keys.
  void into(Labels.Builder labels, Set<String> except) {
    Map<String, String> joined = new TreeMap<>();
    byKey.forEach((key, value) -> {
      String name = OtlpNames.label(key);
      if (!name.isEmpty() && !except.contains(key)) {
        joined.merge(name, value, (a, b) -> a + ";" + b);
      }
    });
    joined.forEach(labels::set);
  }
}
