package io.evenkeel.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// How an agent collects.
///
/// @param instance the host's unique name, the `instance` label of all its series
/// @param period the time between two rounds
/// @param root the folder under which `proc` and `sys` lie; `/` but in tests and containers
/// @param textfiles a folder whose `*.prom` files are collected too
/// @param topProcesses how many processes by each of CPU, memory and I/O are told
/// @param switchedOff the names of collectors that are not to be read
public record AgentSettings(
    String instance,
    Duration period,
    Path root,
    Optional<Path> textfiles,
    int topProcesses,
    Set<String> switchedOff) {
  public AgentSettings {
    switchedOff = Set.copyOf(switchedOff);
  }

  /// The settings of an agent on this machine.
  public static AgentSettings of(String instance, Duration period, Optional<Path> textfiles) {
    return new AgentSettings(instance, period, Path.of("/"), textfiles, 15, Set.of());
  }

  /// The same for another name and with other collectors switched off.
  AgentSettings with(String name, Set<String> off) {
    return new AgentSettings(name, period, root, textfiles, topProcesses, off);
  }
}
