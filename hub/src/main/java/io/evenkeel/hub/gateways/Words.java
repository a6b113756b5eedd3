package io.evenkeel.hub.gateways;

import java.util.Locale;
import java.util.Optional;

/// Constants as they stand in messages between hub and gateway: in small letters.
final class Words {
  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /// The constant of a word; empty when another version means something else by it.
  static <E extends Enum<E>> Optional<E> parse(Class<E> type, String word) {
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equals(word)) {
        return Optional.of(constant);
      }
    }
    return Optional.empty();
  }
}
