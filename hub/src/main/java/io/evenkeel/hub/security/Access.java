package io.evenkeel.hub.security;

/// Who may use a route. A route without one does not exist.
public enum Access {
  /// Anybody, even from outside before set-up: says only whether the hub is well.
  OPEN,
  /// Anybody whom the hub talks to at all; before set-up only this machine.
  PUBLIC,
  /// Who may look: viewers and above, and before set-up a visitor on this machine.
  VIEWER,
  /// A person with an account and a session, for what belongs to that account.
  ACCOUNT,
  /// Operators and above.
  OPERATOR,
  /// Administrators.
  ADMIN,
  /// Tokens of scope ingest, which may do nothing else.
  INGEST,
  /// Tokens of scope gateway, which may do nothing else.
  GATEWAY
}
