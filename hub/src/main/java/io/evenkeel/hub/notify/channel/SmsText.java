package io.evenkeel.hub.notify.channel;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A text in the parts in which it travels as SMS (3GPP TS 23.038 and 23.040).
///
/// A text of the GSM alphabet takes 160 septets in one part or 153 in each of several, where some
/// characters take two; any other text is UCS-2, 70 or 67 UTF-16 units. Neither an escape nor a
/// surrogate pair is ever split.
///
/// @param unicode whether the parts are UTF-16BE; else one octet per septet
/// @param parts the octets of each, without the header that links them
record SmsText(boolean unicode, List<byte[]> parts) {
  private static final String BASIC =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
          + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  private static final String EXTENDED = "\f^{}\\[~]|€";
  private static final byte[] EXTENDED_CODES = {
    0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65
  };
  private static final byte ESCAPE = 0x1b;
  private static final int MOST_PARTS = 255;

  static SmsText of(String text) {
    return isGsm(text) ? gsm(text) : ucs2(text);
  }

  static boolean isGsm(String text) {
    return text.chars()
        .allMatch(c -> c != ESCAPE && (BASIC.indexOf(c) >= 0 || EXTENDED.indexOf(c) >= 0));
  }

  private static SmsText gsm(String text) {
    List<byte[]> units = new ArrayList<>();
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      int basic = BASIC.indexOf(text.charAt(i));
      byte[] unit =
          basic >= 0
              ? new byte[] {(byte) basic}
              : new byte[] {ESCAPE, EXTENDED_CODES[EXTENDED.indexOf(text.charAt(i))]};
      units.add(unit);
      length += unit.length;
    }
    return new SmsText(false, split(units, length <= 160 ? 160 : 153));
  }

  private static SmsText ucs2(String text) {
    List<byte[]> units = new ArrayList<>();
    text.codePoints()
        .forEach(point -> units.add(Character.toString(point).getBytes(StandardCharsets.UTF_16BE)));
    return new SmsText(true, split(units, text.length() <= 70 ? 140 : 134));
  }

  private static List<byte[]> split(List<byte[]> units, int most) {
    List<byte[]> parts = new ArrayList<>();
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    for (byte[] unit : units) {
      if (part.size() + unit.length > most) {
        parts.add(part.toByteArray());
        part.reset();
      }
      part.writeBytes(unit);
    }
    parts.add(part.toByteArray());
    return parts.size() > MOST_PARTS ? parts.subList(0, MOST_PARTS) : parts;
  }

  /// A part as it is submitted: behind the header that links it when there are several.
  byte[] octets(int part, int reference) {
    if (parts.size() == 1) {
      return parts.get(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {5, 0, 3, (byte) reference, (byte) parts.size(), (byte) (part + 1)});
    out.writeBytes(parts.get(part));
    return out.toByteArray();
  }
}
