package io.evenkeel.hub.outgoing;

import io.evenkeel.model.outgoing.Authorities;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
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
        trust.init(Authorities.read(authorities.get()));
        context.init(null, trust.getTrustManagers(), null);
      }
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the private certificate authority cannot be used: " + e.getMessage());
    }
  }

  /// Hides the proxy's password from logs.
  @Override
  public String toString() {
    return "OutgoingRoute[proxy=" + proxy.map(URI::getHost).orElse("none") + "]";
  }
}
