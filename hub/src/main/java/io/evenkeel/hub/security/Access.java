package io.evenkeel.hub.security;

/// Who may take a route.
public enum Access {
  /// Everybody, even without logging in.
  PUBLIC,
  /// Everybody who may look.
  VIEWER,
  OPERATOR,
  ADMIN,
  /// Whoever may send samples: a token of either scope, or an administrator.
  INGEST;

  /// Whether a caller may take a route of this access.
  public boolean allows(Caller caller) {
    return switch (this) {
      case PUBLIC -> true;
      case VIEWER -> holds(caller, Role.VIEWER);
      case OPERATOR -> holds(caller, Role.OPERATOR);
      case ADMIN -> holds(caller, Role.ADMIN);
      case INGEST ->
          switch (caller) {
            case Caller.Program program ->
                program.token().scope() == TokenStore.Scope.INGEST
                    || program.token().role().includes(Role.OPERATOR);
            case Caller.User user -> user.role() == Role.ADMIN;
            case Caller.Unclaimed unclaimed -> false;
            case Caller.Anonymous anonymous -> false;
          };
    };
  }

  private static boolean holds(Caller caller, Role needed) {
    return switch (caller) {
      case Caller.Unclaimed unclaimed -> needed == Role.VIEWER;
      case Caller.Anonymous anonymous -> false;
      case Caller.User user -> user.role().includes(needed);
      case Caller.Program program ->
          program.token().scope() == TokenStore.Scope.API
              && program.token().role().includes(needed);
    };
  }
}
