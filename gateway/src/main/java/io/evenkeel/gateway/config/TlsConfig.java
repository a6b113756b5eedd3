package io.evenkeel.gateway.config;

import java.nio.file.Path;
import java.util.List;

/// The certificates of a listener. The first is shown to clients that name no server or an unknown
/// one; the names of each come from the certificate itself.
///
/// @param certificates at least one
/// @param http2 whether HTTP/2 is offered (ALPN)
public record TlsConfig(List<CertificateFiles> certificates, boolean http2) {
  public TlsConfig {
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("TLS needs a certificate");
    }
  }

  /// A certificate chain and its private key, PEM files that are read again when they change.
  public record CertificateFiles(Path chain, Path key) {}
}
