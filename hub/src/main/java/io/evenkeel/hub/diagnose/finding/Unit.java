package io.evenkeel.hub.diagnose.finding;

import java.util.Locale;

/// What a number of the evidence counts.
public enum Unit {
  /// Of one, shown as percent.
  RATIO,
  CORES,
  BYTES,
  BYTES_PER_SECOND,
  PER_SECOND,
  SECONDS,
  COUNT;

  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  /// A number in this unit, three digits, as the pages show it.
  public String show(double value) {
    return switch (this) {
      case RATIO -> digits(value * 100) + " %";
      case CORES -> digits(value) + " cores";
      case BYTES -> bytes(value);
      case BYTES_PER_SECOND -> bytes(value) + "/s";
      case PER_SECOND -> digits(value) + "/s";
      case SECONDS -> seconds(value);
      case COUNT -> digits(value);
    };
  }

  private static String seconds(double value) {
    double size = Math.abs(value);
    if (size >= 7200) {
      return digits(value / 3600) + " h";
    }
    return size >= 1 || size == 0 ? digits(value) + " s" : digits(value * 1000) + " ms";
  }

  private static String bytes(double value) {
    int power = 0;
    double rest = value;
    while (Math.abs(rest) >= 1024 && power < BINARY.length - 1) {
      rest /= 1024;
      power++;
    }
    return digits(rest) + " " + BINARY[power];
  }

  private static String digits(double value) {
    double size = Math.abs(value);
    if (size >= 100 || value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 0.01 ? "%.2f" : "%.2g", value);
  }
}
