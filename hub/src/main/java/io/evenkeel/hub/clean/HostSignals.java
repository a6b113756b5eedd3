package io.evenkeel.hub.clean;

import org.jspecify.annotations.Nullable;

/// How busy a host is, as far as a batch told. What it did not tell is null.
///
/// @param cpu used CPU time / total CPU time since the sample before, 0–1
/// @param memory (MemTotal − MemAvailable) / MemTotal, 0–1
/// @param disk the used share of the fullest file system that is not made of memory, 0–1
/// @param mount where that file system is mounted
/// @param networkBytesPerSecond received and sent over all interfaces but loopback
public record HostSignals(
    @Nullable Double cpu,
    @Nullable Double memory,
    @Nullable Double disk,
    @Nullable String mount,
    @Nullable Double networkBytesPerSecond) {
  public static final HostSignals NONE = new HostSignals(null, null, null, null, null);

  /// These signals with what is told newly; a signal that is not told stays.
  public HostSignals updated(HostSignals told) {
    return new HostSignals(
        told.cpu == null ? cpu : told.cpu,
        told.memory == null ? memory : told.memory,
        told.disk == null ? disk : told.disk,
        told.disk == null ? mount : told.mount,
        told.networkBytesPerSecond == null ? networkBytesPerSecond : told.networkBytesPerSecond);
  }
}
