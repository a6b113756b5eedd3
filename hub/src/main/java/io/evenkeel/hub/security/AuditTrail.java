package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import java.util.List;

/// The audit log as people see it: its newest lines, and whether its chain is whole. Features write
/// to it through [AuditStore], in the transaction of what they change. Safe for use by many
/// threads.
public final class AuditTrail {
  private final Database database;
  private final AuditStore store;

  public AuditTrail(Database database, AuditStore store) {
    this.database = database;
    this.store = store;
  }

  /// The newest lines, newest first.
  public List<AuditEntry> newest(int limit) {
    return database.read(transaction -> store.newest(transaction, limit));
  }

  /// Checks every line of the chain.
  public AuditStore.Verdict verify() {
    return database.read(store::verify);
  }
}
