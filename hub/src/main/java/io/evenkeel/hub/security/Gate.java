package io.evenkeel.hub.security;

import io.evenkeel.hub.security.Caller.Anonymous;
import io.evenkeel.hub.security.Caller.Person;
import io.evenkeel.hub.security.Caller.Program;

/// The one decision whether a caller may use a route.
public enum Gate {
  /// The caller may.
  OPEN,
  /// Nobody known: a login or token could help.
  LOGIN_NEEDED,
  /// Known, but without the right.
  FORBIDDEN;

  /// Decides for a route's access and a caller.
  public static Gate of(Access access, Caller caller) {
    return switch (access) {
      case OPEN, PUBLIC -> OPEN;
      case VIEWER -> needs(Role.VIEWER, caller);
      case OPERATOR -> needs(Role.OPERATOR, caller);
      case ADMIN -> needs(Role.ADMIN, caller);
      case ACCOUNT -> caller instanceof Person ? OPEN : refuse(caller);
      case INGEST -> needs(Scope.INGEST, caller);
      case GATEWAY -> needs(Scope.GATEWAY, caller);
    };
  }

  private static Gate needs(Role role, Caller caller) {
    return caller.role().filter(has -> has.includes(role)).isPresent() ? OPEN : refuse(caller);
  }

  private static Gate needs(Scope scope, Caller caller) {
    return caller instanceof Program program && program.scope() == scope ? OPEN : refuse(caller);
  }

  private static Gate refuse(Caller caller) {
    return caller instanceof Anonymous ? LOGIN_NEEDED : FORBIDDEN;
  }
}
