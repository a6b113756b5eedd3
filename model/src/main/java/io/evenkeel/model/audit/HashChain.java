package io.evenkeel.model.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The hash that a line of an audit log carries: SHA-256 over the line and the hash before it, so
/// that no line can be altered, taken out or put in without every later hash telling.
public final class HashChain {
  /// The hash before the first line.
  public static final String GENESIS = "0".repeat(64);

  private HashChain() {}

  /// The hash of a line, in hex. Each text is preceded by its length, so that no two lines have the
  /// same bytes.
  ///
  /// @param previousHash of the line before, or [#GENESIS]
  /// @param seq the line's number, from 1
  public static String next(String previousHash, long seq, long atMillis, String... texts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(HexFormat.of().parseHex(previousHash));
      digest.update(ByteBuffer.allocate(16).putLong(seq).putLong(atMillis).flip());
      for (String text : texts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
