package io.evenkeel.model.command;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// Texts as words apart by spaces: every byte that could be taken for anything else than a part of
/// a word is written as `%` and two hex digits (RFC 3986, section 2.1); `-` alone is the empty
/// text.
final class Words {
  private static final String EMPTY = "-";
  private static final String PLAIN = "._:@/+,-";

  private Words() {}

  static String encode(String text) {
    if (text.isEmpty()) {
      return EMPTY;
    }
    StringBuilder word = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          b >= '0' && b <= '9'
              || b >= 'a' && b <= 'z'
              || b >= 'A' && b <= 'Z'
              || b >= 0 && PLAIN.indexOf(b) >= 0 && !text.equals(EMPTY);
      if (plain) {
        word.append((char) b);
      } else {
        word.append('%').append(HexFormat.of().toHexDigits(b));
      }
    }
    return word.toString();
  }

  static String join(String... texts) {
    return List.of(texts).stream().map(Words::encode).collect(Collectors.joining(" "));
  }

  /// @throws IllegalArgumentException when it is no word
  static String decode(String word) {
    if (word.equals(EMPTY)) {
      return "";
    }
    if (word.isEmpty()) {
      throw new IllegalArgumentException("a word is missing");
    }
    ByteBuffer bytes = ByteBuffer.allocate(word.length());
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '%' && i + 2 < word.length()) {
        bytes.put((byte) HexFormat.fromHexDigits(word, i + 1, i + 3));
        i += 2;
      } else if (c > ' ' && c < 127 && c != '%') {
        bytes.put((byte) c);
      } else {
        throw new IllegalArgumentException("'" + word + "' is no word of a command");
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("'" + word + "' is no word of a command", e);
    }
  }

  static List<String> split(String line) {
    List<String> texts = new ArrayList<>();
    if (!line.isEmpty()) {
      for (String word : line.split(" ", -1)) {
        texts.add(decode(word));
      }
    }
    return texts;
  }
}
