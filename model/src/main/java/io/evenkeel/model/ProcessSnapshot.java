package io.evenkeel.model;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// The processes that were on top of a host at one moment, with their PIDs.
///
/// Series carry no PIDs, because a build host would make tens of thousands of them an hour; this
/// snapshot lies beside the series so that a spike can still be pinned on a process.
///
/// @param timestampMillis when the scan ended, epoch milliseconds
/// @param periodMillis over how long the rates were measured; 0 when this was the first scan
/// @param processes the top processes by CPU, resident memory and I/O, the busiest first
public record ProcessSnapshot(long timestampMillis, long periodMillis, List<Entry> processes) {

  public ProcessSnapshot {
    processes = List.copyOf(processes);
  }

  /// One process.
  ///
  /// @param pid its id
  /// @param comm the kernel's short name of it
  /// @param user the owner's name, or the number when it has none
  /// @param unit its systemd unit or container, or empty
  /// @param state the kernel's letter: R, S, D, Z, T, I …
  /// @param cpuCores cores used over the period; empty at the first scan
  /// @param residentBytes its resident memory
  /// @param readBytesPerSecond read from storage; empty without the right to know
  /// @param writtenBytesPerSecond written to storage; empty without the right to know
  /// @param threads how many threads it has
  /// @param openFds open file descriptors; empty without the right to know
  public record Entry(
      int pid,
      String comm,
      String user,
      String unit,
      char state,
      OptionalDouble cpuCores,
      long residentBytes,
      OptionalDouble readBytesPerSecond,
      OptionalDouble writtenBytesPerSecond,
      int threads,
      OptionalLong openFds) {}
}
