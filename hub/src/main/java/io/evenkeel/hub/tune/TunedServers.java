package io.evenkeel.hub.tune;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The servers whose knobs the hub may ask for: its own machine and those with an agent that takes
/// commands. Safe for use by many threads.
public final class TunedServers {
  private final TunedServer own;
  private final Supplier<List<TunedServer>> enrolled;

  /// @param enrolled the others as they are now
  public TunedServers(TunedServer own, Supplier<List<TunedServer>> enrolled) {
    this.own = own;
    this.enrolled = enrolled;
  }

  /// The hub's own machine.
  public TunedServer own() {
    return own;
  }

  /// The server of a host; empty when no agent that takes commands is on it.
  public Optional<TunedServer> named(String host) {
    return all().stream().filter(one -> one.host().equals(host)).findFirst();
  }

  /// All of them, the hub's own machine first.
  public List<TunedServer> all() {
    return Stream.concat(Stream.of(own), enrolled.get().stream()).toList();
  }
}
