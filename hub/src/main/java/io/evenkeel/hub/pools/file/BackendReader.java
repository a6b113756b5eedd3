package io.evenkeel.hub.pools.file;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.ListenerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the `backends` of a pool, one after another. Used once.
final class BackendReader {
  private final List<ListenerConfig> listeners;
  private final Set<String> names = new HashSet<>();

  BackendReader(List<ListenerConfig> listeners) {
    this.listeners = listeners;
  }

  Optional<BackendConfig> read(GatewayFields in) {
    Optional<InetSocketAddress> address =
        in.required(
            "address",
            Parsers::address,
            "an address or a known name, and a port, as 10.0.0.1:8080");
    String name =
        in.value(
            "name",
            address.map(a -> a.getHostString() + ":" + a.getPort()).orElse(""),
            Parsers::word,
            "a name");
    if (!name.isEmpty() && !names.add(name)) {
      in.problemOf("name", "backend '" + name + "' is there a second time");
    }
    address.ifPresent(a -> refuseUnusable(a, in));
    double weight = in.value("weight", 1.0, Parsers.decimal(0, 1000), "a number from 0 to 1000");
    Optional<String> host = in.optional("host", Parsers::word, "the name of a monitored host");
    return address.map(a -> new BackendConfig(name, a, weight, host));
  }

  private void refuseUnusable(InetSocketAddress address, GatewayFields in) {
    if (isForbidden(address.getAddress())) {
      in.problemOf(
          "address", address.getHostString() + " is a link-local, metadata or wildcard address");
    }
    for (ListenerConfig listener : listeners) {
      if (isSame(address, listener.address())) {
        in.problemOf(
            "address",
            "the backend is this gateway's own listener '"
                + listener.name()
                + "': requests would go round in a loop");
      }
    }
  }

  /// Nobody balances load over these, but a request sent there could read a cloud's secrets.
  private static boolean isForbidden(InetAddress address) {
    return address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || address.getHostAddress().equals("fd00:ec2:0:0:0:0:0:254");
  }

  private static boolean isOfThisMachine(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      // Its own addresses cannot be listed: then nothing is known against this one.
      return false;
    }
  }

  private static boolean isSame(InetSocketAddress backend, InetSocketAddress listener) {
    return backend.getPort() == listener.getPort()
        && (listener.getAddress().isAnyLocalAddress()
            ? isOfThisMachine(backend.getAddress())
            : backend.getAddress().equals(listener.getAddress()));
  }
}
