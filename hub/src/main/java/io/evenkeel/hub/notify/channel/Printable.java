package io.evenkeel.hub.notify.channel;

import java.nio.charset.StandardCharsets;
import java.util.function.ToIntFunction;

/// Texts from outside, made safe to stand in headers, logs and messages, and cut to size without
/// breaking a character.
public final class Printable {
  private static final String CUT = "…";

  private Printable() {}

  /// One line without control characters and characters that turn the writing direction, at most
  /// `most` UTF-16 units.
  public static String line(String text, int most) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), most));
    for (int i = 0; i < text.length() && out.length() <= most; i++) {
      char c = text.charAt(i);
      boolean turns = c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
      boolean breaks = c == '\u2028' || c == '\u2029';
      out.append(Character.isISOControl(c) || turns || breaks ? ' ' : c);
    }
    return cutUnits(out.toString().strip(), most);
  }

  /// Several lines; only line breaks are left of the control characters.
  public static String lines(String text, int most) {
    StringBuilder out = new StringBuilder();
    text.lines()
        .limit(200)
        .forEach(one -> out.append(out.isEmpty() ? "" : "\n").append(line(one, most)));
    return cutUnits(out.toString(), most);
  }

  /// At most `most` UTF-16 units, an ellipsis included, never half a surrogate pair.
  public static String cutUnits(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Math.max(0, most - CUT.length());
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + CUT;
  }

  /// At most `most` bytes of UTF-8, an ellipsis included.
  public static String cutBytes(String text, int most) {
    return cutToFit(text, most, one -> one.getBytes(StandardCharsets.UTF_8).length);
  }

  /// The longest beginning of a text whose size, as the receiver counts it, fits.
  public static String cutToFit(String text, int most, ToIntFunction<String> size) {
    if (size.applyAsInt(text) <= most) {
      return text;
    }
    int low = 0;
    int high = text.length();
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (size.applyAsInt(beginning(text, middle) + CUT) <= most) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return beginning(text, low) + CUT;
  }

  private static String beginning(String text, int length) {
    int end = length;
    if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
