package io.evenkeel.hub.hosts;

import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.model.Labels;
import org.jspecify.annotations.Nullable;

/// What is known of a host that rarely changes. What it has not told is null.
///
/// @param os its operating system
/// @param kernel the kernel's release
/// @param arch the machine's architecture
/// @param cores how many CPUs it has
/// @param memoryBytes its memory
/// @param bootedAtMillis when it booted, epoch milliseconds
/// @param agentVersion the version of its agent
record HostFacts(
    @Nullable String os,
    @Nullable String kernel,
    @Nullable String arch,
    @Nullable Integer cores,
    @Nullable Long memoryBytes,
    @Nullable Long bootedAtMillis,
    @Nullable String agentVersion) {
  static final HostFacts UNKNOWN = new HostFacts(null, null, null, null, null, null, null);

  /// These facts, updated by what a batch told.
  HostFacts updated(
      HostTick tick, @Nullable String reportedAgentVersion, @Nullable String reportedOs) {
    Labels uname = tick.uname();
    HostFacts next =
        new HostFacts(
            reportedOs != null ? reportedOs : uname == null ? os : uname.get("sysname"),
            uname == null ? kernel : uname.get("release"),
            uname == null ? arch : uname.get("machine"),
            tick.cores().isPresent() ? Integer.valueOf(tick.cores().getAsInt()) : cores,
            tick.memoryBytes().isPresent()
                ? Long.valueOf(Math.round(tick.memoryBytes().getAsDouble()))
                : memoryBytes,
            tick.bootTimeSeconds().isPresent()
                ? Long.valueOf(Math.round(tick.bootTimeSeconds().getAsDouble() * 1000))
                : bootedAtMillis,
            reportedAgentVersion == null ? agentVersion : reportedAgentVersion);
    return next.equals(this) ? this : next;
  }
}
