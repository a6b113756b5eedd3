package io.evenkeel.model;

import java.util.OptionalDouble;

/// The formulas that the product's requirements state literally, in one place for hub and agent.
///
/// A share of nothing is unknown, not 0: where the whole is not positive, or a part is not a
/// number, the answer is empty. Pure functions, safe for use by many threads.
public final class Utilisation {
  private Utilisation() {}

  /// CPU utilisation: used CPU time over total CPU time, both of the same span. 700 s of 1,000 s
  /// are 0.7.
  public static OptionalDouble cpu(double usedSeconds, double totalSeconds) {
    return share(usedSeconds, totalSeconds);
  }

  /// Memory in use in bytes: MemTotal − MemAvailable, so that the page cache, which is given back
  /// at need, does not count.
  public static OptionalDouble memoryUsedBytes(double totalBytes, double availableBytes) {
    double used = totalBytes - availableBytes;
    return totalBytes > 0 && used >= 0 ? OptionalDouble.of(used) : OptionalDouble.empty();
  }

  /// Memory utilisation: used over total memory.
  public static OptionalDouble memory(double totalBytes, double availableBytes) {
    OptionalDouble used = memoryUsedBytes(totalBytes, availableBytes);
    return used.isPresent() ? share(used.getAsDouble(), totalBytes) : used;
  }

  /// Network traffic: the sum over the interfaces, in the unit of its parts. Empty without
  /// interfaces.
  public static OptionalDouble networkTraffic(double... byInterface) {
    double sum = 0;
    for (double traffic : byInterface) {
      sum += traffic;
    }
    return byInterface.length == 0 || Double.isNaN(sum)
        ? OptionalDouble.empty()
        : OptionalDouble.of(sum);
  }

  /// CPU demand in cores: utilisation × cores. 0.7 on 2 cores are 1.4.
  public static double demandCores(double utilisation, int cores) {
    return utilisation * cores;
  }

  /// The CPU alert: 1 when utilisation exceeds the threshold, else 0. 0.7 against 0.8 is 0.
  public static int alert(double utilisation, double threshold) {
    return utilisation > threshold ? 1 : 0;
  }

  /// A backend's share of the requests. 600 of 1,000 are 0.6.
  public static OptionalDouble requestShare(double ofBackend, double all) {
    return share(ofBackend, all);
  }

  private static OptionalDouble share(double part, double whole) {
    return whole > 0 && part >= 0 ? OptionalDouble.of(part / whole) : OptionalDouble.empty();
  }
}
