package io.evenkeel.hub.enrolment;

import io.evenkeel.model.link.AgentIdentity;
import io.evenkeel.model.link.HubTrust;
import io.evenkeel.model.link.LinkMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The hub's own certificate authority: it vouches for the hub to its agents and for the agents to
/// the hub, and for nothing else.
///
/// Its key and the hub's own key are a file that only its owner reads, made when they are first
/// asked for. The hub's certificate is issued for the first agent after a start, and anew when its
/// end comes near, always for the same key, so that a pinned public key stays valid. Safe for use
/// by many threads.
public final class CertificateAuthority {
  /// How long an agent's certificate is good.
  public static final Duration AGENT_LIFE = Duration.ofDays(30);

  private static final Duration HUB_RENEWAL = Duration.ofDays(30);

  private final InstantSource clock;
  private final Path file;
  private final Set<String> names;

  /// Null until there is a file.
  private volatile @Nullable Keys keys;

  /// Not before an agent asks: issuing loads a library that no other part of a start needs.
  private @Nullable X509Certificate hubCertificate;

  private record Keys(PrivateKey key, X509Certificate certificate, KeyPair hub) {}

  private CertificateAuthority(
      Path file, @Nullable Keys keys, Set<String> names, InstantSource clock) {
    this.file = file;
    this.keys = keys;
    this.names = Set.copyOf(names);
    this.clock = clock;
  }

  /// Reads the authority of a data directory; where there is none, one is made when it is needed.
  ///
  /// @param names under which agents reach the hub: host names and addresses
  /// @throws UncheckedIOException when its file cannot be read
  public static CertificateAuthority open(Path file, Set<String> names, InstantSource clock) {
    try {
      return new CertificateAuthority(file, Files.exists(file) ? read(file) : null, names, clock);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static UncheckedIOException unusable(Path file, IOException e) {
    return new UncheckedIOException(
        "the hub's certificate authority " + file + " cannot be used: " + e.getMessage(), e);
  }

  /// @throws UncheckedIOException when its file cannot be written
  private Keys keys() {
    Keys known = keys;
    if (known != null) {
      return known;
    }
    synchronized (this) {
      known = keys;
      if (known == null) {
        try {
          known = create(file, clock);
        } catch (IOException e) {
          throw unusable(file, e);
        }
        keys = known;
      }
      return known;
    }
  }

  private static Keys create(Path file, InstantSource clock) throws IOException {
    try {
      KeyPair own = AgentIdentity.newKeys();
      KeyPair hub = AgentIdentity.newKeys();
      Keys keys =
          new Keys(own.getPrivate(), CertificateIssuer.authority(own, clock.instant()), hub);
      write(file, keys);
      return keys;
    } catch (GeneralSecurityException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void write(Path file, Keys keys) throws IOException, GeneralSecurityException {
    Base64.Encoder base64 = Base64.getEncoder();
    LinkMessage text =
        new LinkMessage.Builder()
            .add("key", base64.encodeToString(keys.key.getEncoded()))
            .add("certificate", base64.encodeToString(keys.certificate.getEncoded()))
            .add("hub-key", base64.encodeToString(keys.hub.getPrivate().getEncoded()))
            .add("hub-public", base64.encodeToString(keys.hub.getPublic().getEncoded()))
            .build();
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    boolean posix =
        Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
    FileAttribute<?>[] owner =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Files.createFile(beside, owner);
    Files.write(beside, text.bytes());
    Files.move(beside, file);
  }

  private static Keys read(Path file) throws IOException {
    try {
      LinkMessage text = LinkMessage.parse(Files.readString(file));
      Base64.Decoder base64 = Base64.getDecoder();
      KeyFactory ec = KeyFactory.getInstance("EC");
      PrivateKey hubKey =
          ec.generatePrivate(new PKCS8EncodedKeySpec(base64.decode(text.needed("hub-key"))));
      PublicKey hubPublic =
          ec.generatePublic(new X509EncodedKeySpec(base64.decode(text.needed("hub-public"))));
      return new Keys(
          ec.generatePrivate(new PKCS8EncodedKeySpec(base64.decode(text.needed("key")))),
          AgentIdentity.certificate(base64.decode(text.needed("certificate"))),
          new KeyPair(hubPublic, hubKey));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          e.getMessage() + "; put back a backup of it, or remove it and enrol every server anew",
          e);
    }
  }

  /// The authority's own certificate.
  public X509Certificate certificate() {
    return keys().certificate;
  }

  /// The SHA-256 of the authority's certificate, which tokens carry.
  public String fingerprint() {
    try {
      return HubTrust.fingerprint(keys().certificate);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// What `curl --pinnedpubkey` takes: the SHA-256 of the hub's public key, in base64.
  public String hubKeyPin() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(keys().hub.getPublic().getEncoded());
      return "sha256//" + Base64.getEncoder().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// The hub's own key.
  PrivateKey hubKey() {
    return keys().hub.getPrivate();
  }

  /// The hub's own certificate and the authority's, issued anew when its end is near.
  synchronized X509Certificate[] hubChain() {
    X509Certificate known = hubCertificate;
    if (known == null
        || clock.instant().isAfter(known.getNotAfter().toInstant().minus(HUB_RENEWAL))) {
      known = issueForHub();
      hubCertificate = known;
    }
    return new X509Certificate[] {known, keys().certificate};
  }

  private X509Certificate issueForHub() {
    return issuer().forHub(keys().hub.getPublic(), names, clock.instant());
  }

  /// A certificate for an agent.
  ///
  /// @param request PKCS#10 in DER, with an EC key of the curve P-256, signed with that key
  /// @param hostId becomes the certificate's common name, whatever the request asks for
  /// @throws IllegalArgumentException when the request is not what it should be
  X509Certificate issueForAgent(byte[] request, String hostId) {
    return issuer().forAgent(request, hostId, AGENT_LIFE, clock.instant());
  }

  private CertificateIssuer issuer() {
    Keys known = keys();
    return new CertificateIssuer(known.key, known.certificate);
  }
}
