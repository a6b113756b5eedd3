package io.evenkeel.hub.security;

/// What an account or token may do; each role may do what the ones before it may.
public enum Role {
  /// Looks at everything but secrets.
  VIEWER,
  /// Acknowledges, silences, drains.
  OPERATOR,
  /// Manages users, tokens, settings, channels and tuning.
  ADMIN;

  /// Whether this role includes another.
  public boolean includes(Role other) {
    return ordinal() >= other.ordinal();
  }
}
