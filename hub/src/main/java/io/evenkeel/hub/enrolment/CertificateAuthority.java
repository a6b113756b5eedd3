package io.evenkeel.hub.enrolment;

import io.evenkeel.model.link.AgentIdentity;
import io.evenkeel.model.link.HubTrust;
import io.evenkeel.model.link.LinkMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
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
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/// The hub's own certificate authority: it vouches for the hub to its agents and for the agents to
/// the hub, and for nothing else.
///
/// Its key and the hub's own key are a file that only its owner reads, made at the first start. The
/// hub's certificate is issued for the first agent after a start, and anew when its end comes near,
/// always for the same key, so that a pinned public key stays valid. Certificates begin an hour before they are issued,
/// for servers whose clock is behind. Safe for use by many threads.
public final class CertificateAuthority {
  /// How long an agent's certificate is good.
  public static final Duration AGENT_LIFE = Duration.ofDays(30);

  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3_650);
  private static final Duration HUB_LIFE = Duration.ofDays(90);
  private static final Duration HUB_RENEWAL = Duration.ofDays(30);
  private static final Duration BACKDATED = Duration.ofHours(1);
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final int MOST_REQUEST_BYTES = 4_096;
  private static final int CURVE_BITS = 256;

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Keys keys;
  private final Set<String> names;

  /// Not before an agent asks: issuing loads a library that no other part of a start needs.
  private @Nullable X509Certificate hubCertificate;

  private record Keys(PrivateKey key, X509Certificate certificate, KeyPair hub) {}

  private CertificateAuthority(Keys keys, Set<String> names, InstantSource clock) {
    this.keys = keys;
    this.names = Set.copyOf(names);
    this.clock = clock;
  }

  /// Reads the authority of a data directory, and makes it when there is none.
  ///
  /// @param names under which agents reach the hub: host names and addresses
  /// @throws UncheckedIOException when its file cannot be read or written
  public static CertificateAuthority open(Path file, Set<String> names, InstantSource clock) {
    try {
      Keys keys = Files.exists(file) ? read(file) : create(file, clock);
      return new CertificateAuthority(keys, names, clock);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the hub's certificate authority " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static Keys create(Path file, InstantSource clock) throws IOException {
    try {
      KeyPair own = AgentIdentity.newKeys();
      KeyPair hub = AgentIdentity.newKeys();
      X500Name name = new X500Name("CN=Evenkeel hub authority");
      JcaX509v3CertificateBuilder builder =
          builder(name, name, own.getPublic(), AUTHORITY_LIFE, clock.instant(), new SecureRandom());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      Keys keys = new Keys(own.getPrivate(), sign(builder, own.getPrivate()), hub);
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
    return keys.certificate;
  }

  /// The SHA-256 of the authority's certificate, which tokens carry.
  public String fingerprint() {
    try {
      return HubTrust.fingerprint(keys.certificate);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// What `curl --pinnedpubkey` takes: the SHA-256 of the hub's public key, in base64.
  public String hubKeyPin() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(keys.hub.getPublic().getEncoded());
      return "sha256//" + Base64.getEncoder().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// The hub's own key.
  PrivateKey hubKey() {
    return keys.hub.getPrivate();
  }

  /// The hub's own certificate and the authority's, issued anew when its end is near.
  synchronized X509Certificate[] hubChain() {
    X509Certificate known = hubCertificate;
    if (known == null
        || clock.instant().isAfter(known.getNotAfter().toInstant().minus(HUB_RENEWAL))) {
      known = issueForHub();
      hubCertificate = known;
    }
    return new X509Certificate[] {known, keys.certificate};
  }

  private X509Certificate issueForHub() {
    try {
      JcaX509v3CertificateBuilder builder =
          builder(
              new X500Name(keys.certificate.getSubjectX500Principal().getName()),
              new X500Name("CN=Evenkeel hub"),
              keys.hub.getPublic(),
              HUB_LIFE,
              clock.instant(),
              random);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      List<GeneralName> alternatives = new ArrayList<>();
      for (String name : names) {
        alternatives.add(
            new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name));
      }
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(alternatives.toArray(new GeneralName[0])));
      return sign(builder, keys.key);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the hub's certificate cannot be issued", e);
    }
  }

  private static boolean isAddress(String name) {
    if (!name.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      return false;
    }
    try {
      return InetAddress.getByName(name) != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /// A certificate for an agent.
  ///
  /// @param request PKCS#10 in DER, with an EC key of the curve P-256, signed with that key
  /// @param hostId becomes the certificate's common name, whatever the request asks for
  /// @throws IllegalArgumentException when the request is not what it should be
  X509Certificate issueForAgent(byte[] request, String hostId) {
    PublicKey key = checkedKey(request);
    try {
      JcaX509v3CertificateBuilder builder =
          builder(
              new X500Name(keys.certificate.getSubjectX500Principal().getName()),
              new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, hostId).build(),
              key,
              AGENT_LIFE,
              clock.instant(),
              random);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
      return sign(builder, keys.key);
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException("an agent's certificate cannot be issued", e);
    }
  }

  private static PublicKey checkedKey(byte[] request) {
    if (request.length > MOST_REQUEST_BYTES) {
      throw new IllegalArgumentException("the certificate request is too long");
    }
    try {
      JcaPKCS10CertificationRequest asked = new JcaPKCS10CertificationRequest(request);
      PublicKey key = asked.getPublicKey();
      if (!(key instanceof ECPublicKey ec)
          || ec.getParams().getCurve().getField().getFieldSize() != CURVE_BITS) {
        throw new IllegalArgumentException(
            "the certificate request has no EC key of the curve P-256");
      }
      if (!asked.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new IllegalArgumentException(
            "the certificate request is not signed with its own key");
      }
      return key;
    } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException e) {
      throw new IllegalArgumentException(
          "the certificate request cannot be read: " + e.getMessage(), e);
    }
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      Duration life,
      Instant now,
      SecureRandom random) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, random).setBit(126),
        Date.from(now.minus(BACKDATED)),
        Date.from(now.plus(life)),
        subject,
        key);
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
