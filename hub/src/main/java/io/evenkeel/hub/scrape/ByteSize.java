package io.evenkeel.hub.scrape;

import java.util.Locale;
import java.util.Optional;

/// Sizes as Prometheus writes them, where `10MB` are ten times 2^20 bytes.
final class ByteSize {
  private ByteSize() {}

  static Optional<Long> parse(String text) {
    String upper = text.strip().toUpperCase(Locale.ROOT).replace("IB", "B");
    int digits = 0;
    while (digits < upper.length() && Character.isDigit(upper.charAt(digits))) {
      digits++;
    }
    if (digits == 0 || digits > 9) {
      return Optional.empty();
    }
    long amount = Long.parseLong(upper.substring(0, digits));
    return switch (upper.substring(digits)) {
      case "", "B" -> Optional.of(amount);
      case "KB" -> Optional.of(amount << 10);
      case "MB" -> Optional.of(amount << 20);
      case "GB" -> Optional.of(amount << 30);
      default -> Optional.empty();
    };
  }
}
