package io.evenkeel.gateway.policy;

/// The 64-bit FNV-1a hash of a text, over its UTF-16 units: small, even, the same in every gateway,
/// so that two of them send a key to the same backend.
public final class KeyHash {
  private KeyHash() {}

  /// The hash; any value, 0 included.
  public static long of(CharSequence text) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return hash;
  }
}
