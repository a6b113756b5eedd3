package io.evenkeel.hub.security;

/// Who a request comes from.
public sealed interface Caller {
  /// Somebody on this machine before any account exists: may look, may not change anything.
  record Unclaimed() implements Caller {}

  /// Nobody that the hub knows.
  record Anonymous() implements Caller {}

  /// Somebody who logged in.
  record User(String name, Role role, String sessionId, String csrf) implements Caller {}

  /// A program with an API token.
  record Program(TokenStore.Token token) implements Caller {}

  /// The name under which changes are audited.
  default String actor() {
    return switch (this) {
      case Unclaimed unclaimed -> "local";
      case Anonymous anonymous -> "anonymous";
      case User user -> user.name();
      case Program program -> "token:" + program.token().name();
    };
  }
}
