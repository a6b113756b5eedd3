package io.evenkeel.hub.hosts;

import io.evenkeel.hub.clean.HostSignals;
import org.jspecify.annotations.Nullable;

/// One host at one moment. What it has not told is null.
///
/// @param id its id, which never changes and is safe in addresses and file names
/// @param name the value of its `instance` label, unique on the hub
/// @param os its operating system
/// @param kernel the kernel's release
/// @param arch the machine's architecture
/// @param cores how many CPUs it has
/// @param memoryBytes its memory
/// @param bootedAt when it booted, epoch milliseconds
/// @param agentVersion the version of the agent that reports, null when something else does
/// @param periodMillis how often it reports
/// @param lastSampleAt the newest sample's time, epoch milliseconds
/// @param status how its reports come in
/// @param signals how busy it was when it reported last
/// @param self whether it is the hub's own machine
public record Host(
    String id,
    String name,
    @Nullable String os,
    @Nullable String kernel,
    @Nullable String arch,
    @Nullable Integer cores,
    @Nullable Long memoryBytes,
    @Nullable Long bootedAt,
    @Nullable String agentVersion,
    @Nullable Long periodMillis,
    @Nullable Long lastSampleAt,
    HostStatus status,
    HostSignals signals,
    boolean self) {
  /// The version that simulated servers report as their agent's.
  private static final String SIMULATED = "simulated";

  /// Whether `evenkeel simulate` made it up.
  public boolean simulated() {
    return SIMULATED.equals(agentVersion);
  }
}
