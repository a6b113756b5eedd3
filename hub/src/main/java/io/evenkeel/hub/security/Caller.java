package io.evenkeel.hub.security;

import java.util.Optional;

/// Who sent a request, as far as the hub could prove it.
public sealed interface Caller {
  /// Nobody known.
  record Anonymous() implements Caller {}

  /// Somebody on this machine while no account exists: may look at everything and change nothing.
  record SetupVisitor() implements Caller {}

  /// A person with a session.
  ///
  /// @param csrf what unsafe requests of this session carry in `X-CSRF-Token`
  record Person(String name, Role personRole, String sessionHash, String csrf) implements Caller {}

  /// A program with an API token.
  record Program(String tokenId, String name, Role tokenRole, Scope scope) implements Caller {}

  /// The role on ordinary routes; empty for nobody known and for tokens of another scope than api.
  default Optional<Role> role() {
    return switch (this) {
      case Anonymous() -> Optional.empty();
      case SetupVisitor() -> Optional.of(Role.VIEWER);
      case Person person -> Optional.of(person.personRole());
      case Program program ->
          program.scope() == Scope.API ? Optional.of(program.tokenRole()) : Optional.empty();
    };
  }

  /// The name in the audit log.
  default String auditName() {
    return switch (this) {
      case Anonymous() -> "anonymous";
      case SetupVisitor() -> "setup";
      case Person person -> person.name();
      case Program program -> "token:" + program.name();
    };
  }
}
