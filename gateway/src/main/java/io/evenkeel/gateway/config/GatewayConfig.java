package io.evenkeel.gateway.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Everything a gateway needs to know to run.
///
/// @param listeners where clients come in
/// @param routes tried in this order; the first that fits takes the request
/// @param pools the groups of backends that routes name
/// @param limits what a client may cost
/// @param accessLog the file that gets a line of JSON for each request; nothing keeps no log
/// @param adminPort a loopback port that serves `/metrics`, `/-/healthy` and the state of the pools
/// @param leaving what is told of its health, and how a stop goes
/// @param workers event loops; 0 means one for each processor
/// @param io how the loops move bytes
public record GatewayConfig(
    List<ListenerConfig> listeners,
    List<RouteConfig> routes,
    List<PoolConfig> pools,
    Limits limits,
    Optional<Path> accessLog,
    Optional<Integer> adminPort,
    Leaving leaving,
    int workers,
    EventIo io) {
  public GatewayConfig {
    listeners = List.copyOf(listeners);
    routes = List.copyOf(routes);
    pools = List.copyOf(pools);
  }

  /// The same gateway with other pools.
  public GatewayConfig withPools(List<PoolConfig> others) {
    return new GatewayConfig(
        listeners, routes, others, limits, accessLog, adminPort, leaving, workers, io);
  }
}
