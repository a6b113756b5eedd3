package io.evenkeel.hub.fleet;

import io.evenkeel.hub.hosts.Host;
import org.jspecify.annotations.Nullable;

/// A host in the fleet.
///
/// @param status how it is
/// @param worst the worst of what is wrong now; null when nothing is
/// @param alerts how many alerts of it fire
/// @param simulated whether it is made up
/// @param enrolled whether its agent has a certificate of this hub, so that it can be renamed and
///   retired
/// @param outdated whether its agent is of an older version than the hub
public record FleetHost(
    Host host,
    HostAttributes attributes,
    FleetStatus status,
    @Nullable Worst worst,
    int alerts,
    boolean simulated,
    boolean enrolled,
    boolean outdated) {
  /// What is wrong in words.
  ///
  /// @param rule the name of the alert's rule
  /// @param summary the alert's summary in English, or what its rule says
  /// @param summaryZh the same in Chinese; empty when the rule has none
  /// @param since when it began, epoch milliseconds
  public record Worst(String rule, String severity, String summary, String summaryZh, long since) {}
}
