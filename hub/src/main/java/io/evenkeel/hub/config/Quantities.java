package io.evenkeel.hub.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations and sizes as people write them: `15d`, `90s`, `10GB`, `512MiB`.
public final class Quantities {
  private static final Pattern QUANTITY = Pattern.compile("(\\d{1,12})\\s*([a-zA-Z]*)");

  private Quantities() {}

  /// A duration in ms, s, m, h, d, w or y (365 days); nothing when the text is none.
  public static Optional<Duration> duration(String text) {
    Matcher parts = QUANTITY.matcher(text.strip());
    if (!parts.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Optional.of(Duration.ofMillis(amount));
      case "s" -> Optional.of(Duration.ofSeconds(amount));
      case "m" -> Optional.of(Duration.ofMinutes(amount));
      case "h" -> Optional.of(Duration.ofHours(amount));
      case "d" -> Optional.of(Duration.ofDays(amount));
      case "w" -> Optional.of(Duration.ofDays(7 * amount));
      case "y" -> Optional.of(Duration.ofDays(365 * amount));
      default -> Optional.empty();
    };
  }

  /// Bytes in kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024); nothing when
  /// the text is none.
  public static Optional<Long> bytes(String text) {
    Matcher parts = QUANTITY.matcher(text.strip());
    if (!parts.matches()) {
      return Optional.empty();
    }
    long factor =
        switch (parts.group(2).toLowerCase(Locale.ROOT)) {
          case "", "b" -> 1L;
          case "kb" -> 1_000L;
          case "mb" -> 1_000_000L;
          case "gb" -> 1_000_000_000L;
          case "tb" -> 1_000_000_000_000L;
          case "kib" -> 1L << 10;
          case "mib" -> 1L << 20;
          case "gib" -> 1L << 30;
          case "tib" -> 1L << 40;
          default -> 0L;
        };
    try {
      return factor == 0
          ? Optional.empty()
          : Optional.of(Math.multiplyExact(Long.parseLong(parts.group(1)), factor));
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }
}
