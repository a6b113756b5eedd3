package io.evenkeel.hub.clean;

import java.util.Locale;

/// The four signals of a host whose outliers are marked.
public enum GoldenSignal {
  /// Used CPU time / total CPU time, 0–1.
  CPU(0.10),
  /// (MemTotal − MemAvailable) / MemTotal, 0–1.
  MEMORY(0.02),
  /// The busiest disk's share of time with a request in flight, 0–1.
  DISK(0.10),
  /// Bytes per second received and sent, over all interfaces but loopback.
  NETWORK(125_000);

  private final double smallestStep;

  GoldenSignal(double smallestStep) {
    this.smallestStep = smallestStep;
  }

  /// The smallest distance from the median worth a mark, in the signal's unit: an idle host's
  /// signals hardly move, so that without it every touch would be an outlier.
  double smallestStep() {
    return smallestStep;
  }

  /// The signal as a label's value.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
