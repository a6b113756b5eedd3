package io.evenkeel.hub.live;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.FloatText;

/// Pieces of JSON, put together without a tree: frames are written many times a second.
final class JsonText {
  private JsonText() {}

  static void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == 0x2028 || c == 0x2029 || Character.isSurrogate(c)) {
        out.append("\\u").append(String.format("%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /// A number, or null for what JSON has no number for.
  static void number(StringBuilder out, double value) {
    out.append(Double.isFinite(value) ? FloatText.of(value) : "null");
  }

  static void labels(StringBuilder out, Labels labels) {
    out.append('{');
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      string(out, labels.name(i));
      out.append(':');
      string(out, labels.value(i));
    }
    out.append('}');
  }
}
