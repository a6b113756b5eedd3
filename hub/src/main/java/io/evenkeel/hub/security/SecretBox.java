package io.evenkeel.hub.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals secrets that the hub must be able to read again, such as a mail server's password.
///
/// AES-256-GCM with a random nonce for each text and the text's owner as additional data, so that a
/// sealed text cannot be moved to another owner. The key is a file beside the settings that only
/// its owner reads: a copy of the database alone tells nothing. Immutable.
public final class SecretBox {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKey key;

  private SecretBox(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /// Reads the key file, and makes it when there is none.
  ///
  /// @throws UncheckedIOException when it cannot be read or is no key
  public static SecretBox open(Path keyFile) {
    try {
      if (Files.notExists(keyFile)) {
        byte[] key = new byte[KEY_BYTES];
        RANDOM.nextBytes(key);
        create(keyFile, key);
      }
      byte[] key = Files.readAllBytes(keyFile);
      if (key.length != KEY_BYTES) {
        throw new IOException(
            keyFile
                + " is not a key of this hub: put back a backup of it, or remove it and enter"
                + " the channels' secrets again");
      }
      return new SecretBox(key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void create(Path keyFile, byte[] key) throws IOException {
    boolean posix =
        Files.getFileStore(keyFile.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
    FileAttribute<?>[] owner =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (var file =
        Files.newByteChannel(
            keyFile, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
      file.write(java.nio.ByteBuffer.wrap(key));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(keyFile + " appeared while it was made", e);
    }
  }

  /// Seals a text for an owner.
  public String seal(String owner, String text) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] sealed = crypt(Cipher.ENCRYPT_MODE, owner, nonce, text.getBytes(StandardCharsets.UTF_8));
    byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
    System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
    return Base64.getEncoder().encodeToString(all);
  }

  /// Opens a text that was sealed for an owner.
  ///
  /// @throws IllegalStateException when it was sealed with another key or for another owner
  public String open(String owner, String sealed) {
    byte[] all = Base64.getDecoder().decode(sealed);
    return new String(
        crypt(
            Cipher.DECRYPT_MODE,
            owner,
            Arrays.copyOf(all, NONCE_BYTES),
            Arrays.copyOfRange(all, NONCE_BYTES, all.length)),
        StandardCharsets.UTF_8);
  }

  private byte[] crypt(int mode, String owner, byte[] nonce, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "the secrets do not open with the key file of this data directory", e);
    }
  }
}
