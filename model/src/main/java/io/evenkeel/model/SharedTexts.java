package io.evenkeel.model;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One string for each text, found by its UTF-8 bytes: the labels of thousands of series name the
/// same few things, so their strings are neither made again nor held twice. For one answer; grows
/// with what it is asked for. Not thread-safe.
public final class SharedTexts {
  private static final int FEWEST = 256;

  /// A text that is not found within so many steps goes into the map, whose searches stay short
  /// also when somebody made texts of one hash.
  private static final int MOST_STEPS = 16;

  /// Open addressing, about half full; only texts of ASCII, whose bytes are their characters.
  private @Nullable String[] slots = new String[FEWEST];

  private int count;
  private final Map<String, String> others = new HashMap<>();

  /// The one string of some bytes.
  ///
  /// @throws InvalidLabelsException when they are not UTF-8
  public String of(byte[] bytes, int offset, int length) throws InvalidLabelsException {
    int hash = 0;
    int all = 0;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + bytes[i];
      all |= bytes[i];
    }
    if (all < 0) {
      return other(LabelBytes.text(bytes, offset, length));
    }
    int mask = slots.length - 1;
    int slot = spread(hash) & mask;
    for (int step = 0; step < MOST_STEPS; step++) {
      String known = slots[slot];
      if (known == null) {
        String made = LabelBytes.text(bytes, offset, length);
        String text = others.getOrDefault(made, made);
        slots[slot] = text;
        if (2 * ++count > slots.length) {
          grow();
        }
        return text;
      }
      if (isOf(known, bytes, offset, length)) {
        return known;
      }
      slot = slot + 1 & mask;
    }
    return other(LabelBytes.text(bytes, offset, length));
  }

  private String other(String text) {
    String known = others.putIfAbsent(text, text);
    return known == null ? text : known;
  }

  private static boolean isOf(String text, byte[] bytes, int offset, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != bytes[offset + i]) {
        return false;
      }
    }
    return true;
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 15;
  }

  private void grow() {
    @Nullable String[] old = slots;
    slots = new String[2 * old.length];
    count = 0;
    for (String text : old) {
      if (text != null) {
        enter(text);
      }
    }
  }

  private void enter(String text) {
    int mask = slots.length - 1;
    // A string's hash is that of its characters, which here are its bytes.
    int slot = spread(text.hashCode()) & mask;
    for (int step = 0; step < MOST_STEPS; step++) {
      if (slots[slot] == null) {
        slots[slot] = text;
        count++;
        return;
      }
      slot = slot + 1 & mask;
    }
    others.put(text, text);
  }
}
