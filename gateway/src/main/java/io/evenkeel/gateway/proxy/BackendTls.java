package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.BackendProtocol;
import io.evenkeel.gateway.pool.Backend;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;

/// TLS towards backends: their certificates are always checked, the name in them too. Thread-safe.
public final class BackendTls {
  private final Map<BackendProtocol, SslContext> contexts = new ConcurrentHashMap<>();

  /// Gets ready for a protocol, so that what cannot be used is told before it is put in force.
  ///
  /// @throws IOException when the authorities cannot be read
  public void prepare(BackendProtocol protocol) throws IOException {
    if (protocol.tls().isPresent() && !contexts.containsKey(protocol)) {
      contexts.put(protocol, context(protocol));
    }
  }

  private static SslContext context(BackendProtocol protocol) throws IOException {
    Optional<Path> authorities = protocol.tls().flatMap(BackendProtocol.Tls::authorities);
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2");
    if (protocol.http2()) {
      builder.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              ApplicationProtocolConfig.Protocol.ALPN,
              ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
              ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
              ApplicationProtocolNames.HTTP_2));
    }
    try {
      authorities.ifPresent(file -> builder.trustManager(file.toFile()));
      return builder.build();
    } catch (IOException | IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          authorities.map(Path::toString).orElse("the platform's authorities")
              + " cannot be trusted: "
              + cause.getMessage(),
          e);
    }
  }

  /// Puts TLS at the beginning of a connection's pipeline when the protocol wants it.
  void add(Channel channel, BackendProtocol protocol, Backend backend, Duration within) {
    SslContext context = contexts.get(protocol);
    if (context == null) {
      return;
    }
    String name =
        protocol
            .tls()
            .flatMap(BackendProtocol.Tls::serverName)
            .orElseGet(() -> backend.address().getHostString());
    SslHandler handler = context.newHandler(channel.alloc(), name, backend.address().getPort());
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    handler.engine().setSSLParameters(parameters);
    handler.setHandshakeTimeoutMillis(within.toMillis());
    channel.pipeline().addFirst("tls", handler);
  }

  /// Tells when a connection that was opened can be used.
  ///
  /// @param ready called on the channel's loop: with nothing when it can, else with the reason
  static void whenReady(
      Channel channel, BackendProtocol protocol, Consumer<Optional<Throwable>> ready) {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    if (handler == null) {
      ready.accept(Optional.empty());
      return;
    }
    handler
        .handshakeFuture()
        .addListener(done -> {
          if (!done.isSuccess()) {
            ready.accept(Optional.of(done.cause()));
          } else if (protocol.http2()
              && !ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol())) {
            var _ = channel.close();
            ready.accept(Optional.of(new IOException("the backend offers no HTTP/2 over TLS")));
          } else {
            ready.accept(Optional.empty());
          }
        });
  }
}
