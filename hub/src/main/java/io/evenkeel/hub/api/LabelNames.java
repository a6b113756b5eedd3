package io.evenkeel.hub.api;

/// Label names as they stand in an address: names beyond letters, digits and underscores are
/// escaped with the prefix `U__`, every other character as its code point in hexadecimal between
/// underscores, an underscore as two (Prometheus, UTF-8 guide, "value encoding").
final class LabelNames {
  private static final String PREFIX = "U__";

  private LabelNames() {}

  /// The name that is meant; what is not escaped rightly stands for itself.
  static String unescaped(String name) {
    if (!name.startsWith(PREFIX)) {
      return name;
    }
    StringBuilder out = new StringBuilder();
    for (int i = PREFIX.length(); i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '_') {
        out.append(c);
        continue;
      }
      int end = name.indexOf('_', i + 1);
      if (end == i + 1) {
        out.append('_');
      } else if (end < 0 || end - i > 7 || !name.substring(i + 1, end).matches("[0-9A-Fa-f]+")) {
        return name;
      } else {
        int codePoint = Integer.parseInt(name, i + 1, end, 16);
        if (!Character.isValidCodePoint(codePoint)) {
          return name;
        }
        out.appendCodePoint(codePoint);
      }
      i = end;
    }
    return out.toString();
  }
}
