package io.evenkeel.hub.haproxy;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The HAProxy processes that the hub steers. Immutable.
///
/// @param agentCheck where the hub answers agent checks; empty when no process is steered by them
public record HaproxySettings(Optional<InetSocketAddress> agentCheck, List<Instance> instances) {
  /// None.
  public static final HaproxySettings NONE = new HaproxySettings(Optional.empty(), List.of());

  public HaproxySettings {
    instances = List.copyOf(instances);
  }

  /// How weights and states reach the process.
  public enum SteerBy {
    /// Commands on its Runtime API.
    RUNTIME,
    /// Answers to its agent checks.
    AGENT
  }

  /// A process.
  ///
  /// @param name what the pages call it
  /// @param runtimeApi its stats socket, a Unix or a TCP one
  /// @param backends what is known of its backends; those that are not named are shown and can be
  ///   steered by hand
  public record Instance(
      String name, SocketAddress runtimeApi, SteerBy steerBy, List<SteeredBackend> backends) {
    public Instance {
      backends = List.copyOf(backends);
    }

    /// What is known of a backend; nothing of one that the settings do not name.
    SteeredBackend backend(String wanted) {
      return backends.stream()
          .filter(one -> one.name().equals(wanted))
          .findFirst()
          .orElseGet(() -> new SteeredBackend(wanted, false, Map.of()));
    }
  }

  /// A `backend` section of HAProxy's configuration.
  ///
  /// @param followHealth whether its servers' weights follow the health of their hosts
  /// @param hosts the monitored host of each server, by the server's name
  public record SteeredBackend(String name, boolean followHealth, Map<String, String> hosts) {
    public SteeredBackend {
      hosts = Map.copyOf(hosts);
    }
  }
}
