package io.evenkeel.hub.security;

import java.util.Locale;
import java.util.Optional;

/// Where an API token is accepted.
public enum Scope {
  /// On the routes its role allows.
  API,
  /// Only where samples are delivered.
  INGEST,
  /// Only where a gateway of its own reports and is told what to run.
  GATEWAY;

  /// The name on the wire and in the database, e.g. `ingest`.
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The scope of a wire name; empty when there is none.
  public static Optional<Scope> of(String wireName) {
    for (Scope scope : values()) {
      if (scope.wireName().equals(wireName)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }
}
