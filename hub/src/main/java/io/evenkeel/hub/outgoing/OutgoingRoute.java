package io.evenkeel.hub.outgoing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The way to a service: through a proxy or directly, trusting the public authorities or one's own.
///
/// @param proxy an HTTP proxy, `http://[user:password@]host:port`
/// @param authorities certificates in PEM to trust instead of the platform's
public record OutgoingRoute(Optional<URI> proxy, Optional<String> authorities) {
  /// Straight, with the platform's authorities.
  public static final OutgoingRoute DIRECT = new OutgoingRoute(Optional.empty(), Optional.empty());

  /// The TLS context that trusts what this route trusts; names are verified by whoever uses it.
  ///
  /// @throws IOException when the PEM text holds no certificate
  public SSLContext tls() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      if (authorities.isEmpty()) {
        context.init(null, null, null);
      } else {
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted());
        context.init(null, trust.getTrustManagers(), null);
      }
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the private certificate authority cannot be used: " + e.getMessage());
    }
  }

  /// The authorities of its own that this route trusts; none for one that trusts the platform's.
  ///
  /// @throws IOException when the PEM text holds no certificate
  public KeyStore trusted() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (authorities.isEmpty()) {
      return store;
    }
    String pem = authorities.get();
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
  }

  /// Hides the proxy's password from logs.
  @Override
  public String toString() {
    return "OutgoingRoute[proxy=" + proxy.map(URI::getHost).orElse("none") + "]";
  }
}
