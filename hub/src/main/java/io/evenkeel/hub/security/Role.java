package io.evenkeel.hub.security;

import java.util.Locale;
import java.util.Optional;

/// What an account or token may do; each role includes the ones before it.
public enum Role {
  /// Looks at everything.
  VIEWER,
  /// Also acknowledges, silences, drains.
  OPERATOR,
  /// Also manages accounts, tokens, channels, settings, and approves tuning.
  ADMIN;

  /// Whether this role includes all rights of `other`.
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  /// The name on the wire and in the database, e.g. `viewer`.
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The role of a wire name; empty when there is none.
  public static Optional<Role> of(String wireName) {
    for (Role role : values()) {
      if (role.wireName().equals(wireName)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
