package io.evenkeel.hub.security;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A random text that proves something to the hub: it is shown once, and only its hash is kept.
///
/// @param text URL-safe base64, after an optional prefix
public record Secret(String text) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /// A new secret of `bits` random bits behind `prefix`.
  public static Secret random(String prefix, int bits) {
    byte[] bytes = new byte[bits / 8];
    RANDOM.nextBytes(bytes);
    return new Secret(prefix + BASE64.encodeToString(bytes));
  }

  /// SHA-256 in hex: what the database keeps. Secrets are random, so no salt and no slow hash is
  /// needed; looking one up by its hash leaks nothing useful through time.
  public String hash() {
    return HexFormat.of().formatHex(sha256(text));
  }

  /// A second secret that follows from this one for another purpose, without being stored.
  public String derive(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return BASE64.encodeToString(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /// Compares in a time that does not depend on where the two differ.
  public static boolean same(String left, String right) {
    return MessageDigest.isEqual(sha256(left), sha256(right));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Hides the text from logs.
  @Override
  public String toString() {
    return "Secret[…]";
  }
}
