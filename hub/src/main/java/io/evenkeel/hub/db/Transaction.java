package io.evenkeel.hub.db;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;

/// A transaction of the settings database, passed to every store that takes part in it.
///
/// Features hand it on; only `*Store` classes make statements with it. It is valid inside the
/// function given to [Database#write] or [Database#read], on that thread.
public final class Transaction {
  private final Handle handle;

  Transaction(Handle handle) {
    this.handle = handle;
  }

  /// A query with named parameters.
  public Query createQuery(String sql) {
    return handle.createQuery(sql);
  }

  /// A change with named parameters.
  public Update createUpdate(String sql) {
    return handle.createUpdate(sql);
  }

  /// A change that runs once for each set of named parameters.
  public PreparedBatch prepareBatch(String sql) {
    return handle.prepareBatch(sql);
  }

  /// Runs a change with positional parameters; answers how many rows it touched.
  public int execute(String sql, Object... parameters) {
    return handle.execute(sql, parameters);
  }
}
