package io.evenkeel.model.link;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.HexFormat;

/// A PKCS#10 certificate request (RFC 2986) for an EC key, signed with ECDSA and SHA-256: the few
/// bytes of DER that an agent needs, since the JDK has no public class for them.
public final class CertificateRequest {
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int UTF8_STRING = 0x0C;
  private static final int NO_ATTRIBUTES = 0xA0;

  /// The object identifiers, encoded: commonName 2.5.4.3 and ecdsa-with-SHA256 1.2.840.10045.4.3.2.
  private static final byte[] COMMON_NAME = HexFormat.of().parseHex("0603550403");

  private static final byte[] ECDSA_SHA256 = HexFormat.of().parseHex("06082a8648ce3d040302");

  private CertificateRequest() {}

  /// The request in DER.
  ///
  /// @param name the common name that is asked for; the hub decides which one the certificate gets
  /// @throws GeneralSecurityException when the key cannot sign
  public static byte[] of(KeyPair keys, String name) throws GeneralSecurityException {
    byte[] subject =
        value(
            SEQUENCE,
            value(
                SET,
                value(
                    SEQUENCE,
                    COMMON_NAME,
                    value(UTF8_STRING, name.getBytes(StandardCharsets.UTF_8)))));
    byte[] info =
        value(
            SEQUENCE,
            value(INTEGER, new byte[] {0}),
            subject,
            keys.getPublic().getEncoded(),
            value(NO_ATTRIBUTES));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(info);
    return value(
        SEQUENCE,
        info,
        value(SEQUENCE, ECDSA_SHA256),
        value(BIT_STRING, new byte[] {0}, signature.sign()));
  }

  private static byte[] value(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
