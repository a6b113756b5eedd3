package io.evenkeel.gateway.config;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/// A port that clients connect to.
///
/// @param name what logs and figures call it
/// @param address where it listens
/// @param tls its certificates; nothing means clear text
/// @param proxyProtocol whether each connection starts with a PROXY header (version 1 or 2)
/// @param trusted peers whose forwarding and PROXY headers are believed
public record ListenerConfig(
    String name,
    InetSocketAddress address,
    Optional<TlsConfig> tls,
    boolean proxyProtocol,
    List<Network> trusted) {
  public ListenerConfig {
    trusted = List.copyOf(trusted);
  }
}
