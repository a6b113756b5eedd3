package io.evenkeel.gateway.config;

import java.net.InetSocketAddress;
import java.util.Optional;

/// A server of a pool.
///
/// @param name unique within the pool
/// @param address where it listens
/// @param weight its part of the traffic beside its peers', 0 for none
/// @param host the monitored host it runs on, for weights that follow health
public record BackendConfig(
    String name, InetSocketAddress address, double weight, Optional<String> host) {
  public BackendConfig {
    if (!(weight >= 0 && weight <= 1000)) {
      throw new IllegalArgumentException("a weight is from 0 to 1000, not " + weight);
    }
  }

  /// A backend of weight 1.
  public static BackendConfig of(String name, String host, int port) {
    return new BackendConfig(name, new InetSocketAddress(host, port), 1, Optional.empty());
  }
}
