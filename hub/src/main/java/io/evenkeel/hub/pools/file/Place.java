package io.evenkeel.hub.pools.file;

import java.util.Locale;
import java.util.Optional;

/// Where a listener opens its port, when one configuration is for several gateways.
public enum Place {
  /// Only the balancer inside the hub.
  HUB,
  /// Only gateways of their own that the hub steers.
  GATEWAYS,
  /// All of them; a gateway that runs by its own file opens whatever stands there.
  EVERYWHERE;

  static Optional<Place> of(String text) {
    for (Place place : values()) {
      if (place.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }

  /// Whether a listener of this place is opened by who reads the configuration here.
  boolean opensAt(Place reader) {
    return this == EVERYWHERE || reader == EVERYWHERE || this == reader;
  }
}
