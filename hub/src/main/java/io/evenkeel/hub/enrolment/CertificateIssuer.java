package io.evenkeel.hub.enrolment;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

/// Makes certificates. Apart from [CertificateAuthority], which a start needs, because loading the
/// library that does it takes a start's tenth: its jars are signed, so no class archive holds them.
///
/// Certificates begin an hour before they are issued, for servers whose clock is behind. Safe for
/// use by many threads.
final class CertificateIssuer {
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3_650);
  private static final Duration HUB_LIFE = Duration.ofDays(90);
  private static final Duration BACKDATED = Duration.ofHours(1);
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final int MOST_REQUEST_BYTES = 4_096;
  private static final int CURVE_BITS = 256;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final PrivateKey key;
  private final X509Certificate authority;

  CertificateIssuer(PrivateKey key, X509Certificate authority) {
    this.key = key;
    this.authority = authority;
  }

  /// The certificate of a new authority, signed by itself.
  static X509Certificate authority(KeyPair own, Instant now)
      throws IOException, GeneralSecurityException {
    X500Name name = new X500Name("CN=Evenkeel hub authority");
    JcaX509v3CertificateBuilder builder = builder(name, name, own.getPublic(), AUTHORITY_LIFE, now);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    return sign(builder, own.getPrivate());
  }

  /// A certificate for the hub's own key.
  ///
  /// @param names under which agents reach the hub
  X509Certificate forHub(PublicKey hub, Set<String> names, Instant now) {
    try {
      JcaX509v3CertificateBuilder builder =
          builder(issuer(), new X500Name("CN=Evenkeel hub"), hub, HUB_LIFE, now);
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
      return sign(builder, key);
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
  X509Certificate forAgent(byte[] request, String hostId, Duration life, Instant now) {
    PublicKey agent = checkedKey(request);
    try {
      JcaX509v3CertificateBuilder builder =
          builder(
              issuer(),
              new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, hostId).build(),
              agent,
              life,
              now);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
      return sign(builder, key);
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException("an agent's certificate cannot be issued", e);
    }
  }

  private X500Name issuer() {
    return new X500Name(authority.getSubjectX500Principal().getName());
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
      X500Name issuer, X500Name subject, PublicKey key, Duration life, Instant now) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, RANDOM).setBit(126),
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
