package io.evenkeel.hub.probe;

import java.util.Locale;
import java.util.Optional;

/// From where a probe runs: the hub, one server, or the servers of a group or with a tag.
///
/// @param name of the server, group or tag; empty for the hub
record Place(Kind kind, String name) {
  static final Place HUB = new Place(Kind.HUB, "");

  private static final int LONGEST = 128;

  enum Kind {
    HUB,
    SERVER,
    GROUP,
    TAG
  }

  /// Reads `hub`, `server:web-1`, `group:shop` or `tag:edge`.
  static Optional<Place> parse(String text) {
    if (text.equals("hub")) {
      return Optional.of(HUB);
    }
    int colon = text.indexOf(':');
    String name = text.substring(colon + 1).strip();
    if (colon < 0
        || name.isEmpty()
        || name.length() > LONGEST
        || name.chars().anyMatch(Character::isISOControl)) {
      return Optional.empty();
    }
    return switch (text.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "server" -> Optional.of(new Place(Kind.SERVER, name));
      case "group" -> Optional.of(new Place(Kind.GROUP, name));
      case "tag" -> Optional.of(new Place(Kind.TAG, name));
      default -> Optional.empty();
    };
  }

  /// Whether this means a server.
  boolean means(ProbingServer server) {
    return switch (kind) {
      case HUB -> false;
      case SERVER -> server.names().contains(name);
      case GROUP -> server.group().equals(name);
      case TAG -> server.tags().contains(name);
    };
  }
}
