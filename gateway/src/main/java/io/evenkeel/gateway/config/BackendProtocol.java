package io.evenkeel.gateway.config;

import java.nio.file.Path;
import java.util.Optional;

/// How the backends of a pool are spoken to.
///
/// @param http2 in HTTP/2; else HTTP/1.1
/// @param tls over TLS; nothing means clear text. HTTP/2 over TLS is agreed on by ALPN
public record BackendProtocol(boolean http2, Optional<Tls> tls) {
  /// HTTP/1.1 in clear text.
  public static final BackendProtocol HTTP1 = new BackendProtocol(false, Optional.empty());

  /// HTTP/2 in clear text, without asking (prior knowledge).
  public static final BackendProtocol H2C = new BackendProtocol(true, Optional.empty());

  /// How a backend proves who it is: its certificate must be valid and bear the name.
  ///
  /// @param authorities a PEM file of the certificates to trust; nothing means the platform's
  /// @param serverName the name that is asked for (SNI) and must be in the certificate; nothing
  ///   means each backend's own host
  public record Tls(Optional<Path> authorities, Optional<String> serverName) {}
}
