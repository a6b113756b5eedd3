package io.evenkeel.model.outgoing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;

/// Certificates to trust instead of the platform's.
public final class Authorities {
  private Authorities() {}

  /// Reads certificates in PEM.
  ///
  /// @throws IOException when the text holds no certificate
  public static KeyStore read(String pem) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
      if (certificates.isEmpty()) {
        throw new IOException("the private certificate authority is no certificate in PEM form");
      }
      int number = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the private certificate authority cannot be used: " + e.getMessage(), e);
    }
  }
}
