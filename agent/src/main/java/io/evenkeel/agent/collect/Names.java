package io.evenkeel.agent.collect;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Turns bytes into strings, making the string for the same bytes only once. Used by one thread.
public final class Names {
  private static final int MOST = 1 << 14;

  private @Nullable String[] texts = new String[512];
  private byte[] @Nullable [] keys = new byte[512][];
  private int size;

  /// The string of some ASCII or UTF-8 bytes.
  public String of(byte[] bytes, int from, int to) {
    int mask = keys.length - 1;
    int slot = hash(bytes, from, to) & mask;
    for (byte[] key = keys[slot]; key != null; key = keys[slot]) {
      if (Arrays.equals(key, 0, key.length, bytes, from, to)) {
        String known = texts[slot];
        if (known != null) {
          return known;
        }
      }
      slot = (slot + 1) & mask;
    }
    byte[] copy = Arrays.copyOfRange(bytes, from, to);
    String text = new String(copy, StandardCharsets.UTF_8);
    if (size >= MOST) {
      // Names that come and go for ever (containers, interfaces) must not fill the heap.
      Arrays.fill(keys, null);
      Arrays.fill(texts, null);
      size = 0;
      return of(bytes, from, to);
    }
    keys[slot] = copy;
    texts[slot] = text;
    if (2 * ++size > keys.length) {
      grow();
    }
    return text;
  }

  private void grow() {
    byte[] @Nullable [] oldKeys = keys;
    @Nullable String[] oldTexts = texts;
    keys = new byte[2 * oldKeys.length][];
    texts = new String[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      byte[] key = oldKeys[i];
      if (key != null) {
        int slot = hash(key, 0, key.length) & (keys.length - 1);
        while (keys[slot] != null) {
          slot = (slot + 1) & (keys.length - 1);
        }
        keys[slot] = key;
        texts[slot] = oldTexts[i];
      }
    }
  }

  private static int hash(byte[] bytes, int from, int to) {
    int h = 0x811C9DC5;
    for (int i = from; i < to; i++) {
      h = (h ^ bytes[i]) * 0x01000193;
    }
    return h ^ h >>> 15;
  }
}
