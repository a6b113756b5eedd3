package io.evenkeel.hub.tune;

import java.util.List;
import java.util.Optional;

/// The servers whose knobs the hub may ask for: its own machine. Safe for use by many threads.
public final class TunedServers {
  private final TunedServer own;

  public TunedServers(TunedServer own) {
    this.own = own;
  }

  /// The hub's own machine.
  public TunedServer own() {
    return own;
  }

  /// The server of a host; empty when no agent that takes commands is on it.
  public Optional<TunedServer> named(String host) {
    return host.equals(own.host()) ? Optional.of(own) : Optional.empty();
  }

  /// All of them, the hub's own machine first.
  public List<TunedServer> all() {
    return List.of(own);
  }
}
