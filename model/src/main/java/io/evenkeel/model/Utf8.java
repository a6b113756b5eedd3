package io.evenkeel.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Strings from UTF-8 bytes, which nothing that is not UTF-8 becomes.
public final class Utf8 {
  private Utf8() {}

  /// The string of some bytes. Nearly all are ASCII, which needs no decoder.
  ///
  /// @throws CharacterCodingException when they are not UTF-8
  public static String text(byte[] bytes, int offset, int length) throws CharacterCodingException {
    int all = 0;
    for (int i = offset; i < offset + length; i++) {
      all |= bytes[i];
    }
    return all >= 0
        ? new String(bytes, offset, length, StandardCharsets.ISO_8859_1)
        : StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes, offset, length))
            .toString();
  }
}
