package io.evenkeel.model.link;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/// Who an enrolled agent is. Immutable.
///
/// @param hostId the host's stable id on its hub
/// @param instance the host's name on its hub, as far as the agent knows
/// @param hub the address that the agent enrolled at
/// @param authority the fingerprint of the hub's certificate authority
/// @param key the agent's private key, which never leaves this machine
/// @param certificate the client certificate that the hub issued for it
public record AgentIdentity(
    String hostId,
    String instance,
    String hub,
    String authority,
    PrivateKey key,
    X509Certificate certificate) {
  private static final String FILE = "identity";

  /// A new key of the curve P-256.
  public static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /// Reads a certificate in DER.
  public static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  /// The identity that is kept in a folder; empty when the agent has not enrolled.
  ///
  /// @throws IOException when it is there and cannot be read
  public static Optional<AgentIdentity> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try {
      LinkMessage message = LinkMessage.parse(Files.readString(file));
      Base64.Decoder base64 = Base64.getDecoder();
      return Optional.of(
          new AgentIdentity(
              message.needed("id"),
              message.needed("instance"),
              message.needed("hub"),
              message.needed("authority"),
              KeyFactory.getInstance("EC")
                  .generatePrivate(new PKCS8EncodedKeySpec(base64.decode(message.needed("key")))),
              certificate(base64.decode(message.needed("certificate")))));
    } catch (GeneralSecurityException | IllegalArgumentException | LinkMessageException e) {
      throw new IOException(
          file
              + " cannot be read ("
              + e.getMessage()
              + "): remove it and enrol this server anew with a token of the hub",
          e);
    }
  }

  /// Keeps the identity in a folder, readable by its owner only: wholly or not at all.
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path beside = folder.resolve(FILE + ".new");
    Files.deleteIfExists(beside);
    Base64.Encoder base64 = Base64.getEncoder();
    byte[] bytes;
    try {
      bytes =
          new LinkMessage.Builder()
              .add("id", hostId)
              .add("instance", instance)
              .add("hub", hub)
              .add("authority", authority)
              .add("key", base64.encodeToString(key.getEncoded()))
              .add("certificate", base64.encodeToString(certificate.getEncoded()))
              .build()
              .toString()
              .getBytes(StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate cannot be written: " + e.getMessage(), e);
    }
    boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    FileAttribute<?>[] owner =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (FileChannel channel =
        FileChannel.open(
            beside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(
        beside,
        folder.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /// The same agent under another name.
  public AgentIdentity named(String name) {
    return new AgentIdentity(hostId, name, hub, authority, key, certificate);
  }

  /// The same agent with a new key and certificate.
  public AgentIdentity renewed(PrivateKey newKey, X509Certificate newCertificate) {
    return new AgentIdentity(hostId, instance, hub, authority, newKey, newCertificate);
  }

  /// Whether two thirds of the certificate's life are over, the time to renew it.
  public boolean isDue(Instant now) {
    long from = certificate.getNotBefore().getTime();
    long until = certificate.getNotAfter().getTime();
    return now.toEpochMilli() > from + (until - from) / 3 * 2;
  }

  /// Hides the key from logs.
  @Override
  public String toString() {
    return "AgentIdentity[" + hostId + ", " + instance + ", " + hub + "]";
  }
}
