package io.evenkeel.hub.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Passwords as Argon2id hashes: 19,456 KiB, two passes, one lane (OWASP Password Storage Cheat
/// Sheet), in the PHC string format.
///
/// At most two are computed at once, because each takes 19 MB and a core for some 30 ms; further
/// callers wait. Thread-safe.
public final class PasswordHash {
  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final String PREFIX = "$argon2id$v=19$m=" + MEMORY_KIB + ",t=" + PASSES + ",p=1$";

  private final SecureRandom random = new SecureRandom();
  private final Semaphore atOnce = new Semaphore(2);

  /// A new hash of a password with a salt of its own.
  public String of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return PREFIX
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(compute(password, salt));
  }

  /// Whether a hash is a password's.
  public boolean matches(String password, String hash) {
    if (!hash.startsWith(PREFIX)) {
      return false;
    }
    int dollar = hash.indexOf('$', PREFIX.length());
    if (dollar < 0) {
      return false;
    }
    byte[] salt = Base64.getDecoder().decode(hash.substring(PREFIX.length(), dollar));
    byte[] expected = Base64.getDecoder().decode(hash.substring(dollar + 1));
    return MessageDigest.isEqual(expected, compute(password, salt));
  }

  /// Spends as long as [#matches] does, so that an unknown name cannot be told from a wrong
  /// password.
  public void pretend(String password) {
    compute(password, new byte[SALT_BYTES]);
  }

  private byte[] compute(String password, byte[] salt) {
    atOnce.acquireUninterruptibly();
    try {
      Argon2BytesGenerator generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(MEMORY_KIB)
              .withIterations(PASSES)
              .withParallelism(1)
              .withSalt(salt)
              .build());
      byte[] hash = new byte[HASH_BYTES];
      generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
      return hash;
    } finally {
      atOnce.release();
    }
  }
}
