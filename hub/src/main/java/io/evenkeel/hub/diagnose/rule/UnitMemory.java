package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.model.Text;
import java.util.Optional;
import java.util.OptionalDouble;

/// Advice for a unit whose own limit of memory is what it lacks, while the host has some.
final class UnitMemory {
  /// A unit never gets more than this share of the host's memory.
  private static final double MOST_OF_HOST = 0.8;

  private UnitMemory() {}

  /// More memory for a unit.
  ///
  /// @param now what it has, in bytes; without it nothing can be advised
  /// @param factor how many times as much
  static Optional<Advice> more(
      EvidenceWindow window, String unit, OptionalDouble now, double factor, Text why) {
    if (now.isEmpty()) {
      return Optional.empty();
    }
    double bytes = now.getAsDouble();
    double host = window.last("node_memory_MemTotal_bytes").orElse(bytes);
    return Optional.of(
        Advice.turn(
            new Advice.Change(
                "MemoryMax",
                unit,
                Sysctls.number(bytes),
                Sysctls.number(factor * bytes),
                Math.rint(bytes),
                Math.max(bytes, host * MOST_OF_HOST)),
            why,
            "https://docs.kernel.org/admin-guide/cgroup-v2.html#memory"));
  }
}
