package io.evenkeel.hub.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// One line of the audit log: who did what to what.
///
/// @param seq 1, 2, 3 … without a hole
/// @param hash SHA-256 over this line and the hash before it, in hex
public record AuditEntry(
    long seq, Instant at, String actor, String action, String target, String detail, String hash) {
  /// The hash before the first line.
  static final String GENESIS = "0".repeat(64);

  /// The hash that the line must carry behind `previousHash`: each text is preceded by its length,
  /// so that no two lines have the same bytes.
  String expectedHash(String previousHash) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(HexFormat.of().parseHex(previousHash));
      digest.update(ByteBuffer.allocate(16).putLong(seq).putLong(at.toEpochMilli()).flip());
      for (String text : List.of(actor, action, target, detail)) {
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
