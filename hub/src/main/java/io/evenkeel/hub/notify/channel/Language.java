package io.evenkeel.hub.notify.channel;

import java.util.Locale;
import java.util.Optional;

/// A language that recipients read.
public enum Language {
  EN,
  ZH;

  /// The name on the wire, `en` or `zh`.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Language> of(String code) {
    return switch (code) {
      case "en" -> Optional.of(EN);
      case "zh" -> Optional.of(ZH);
      default -> Optional.empty();
    };
  }
}
