package io.evenkeel.hub.pools;

import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.hub.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// Changes of weights, and what people set on backends, in the settings database.
final class PoolStore {
  /// What was set on a backend by hand.
  ///
  /// @param weight instead of the configured one; null for none
  record HandSet(String pool, String backend, boolean draining, @Nullable Double weight) {
    HandSet withDraining(boolean to) {
      return new HandSet(pool, backend, to, weight);
    }

    HandSet withWeight(@Nullable Double to) {
      return new HandSet(pool, backend, draining, to);
    }
  }

  List<HandSet> handSet(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM backend_settings")
        .map((row, _) ->
            new HandSet(
                row.getString("pool"),
                row.getString("backend"),
                row.getBoolean("draining"),
                nullable(row, "weight")))
        .list();
  }

  /// Keeps what was set; what says nothing is removed.
  void put(Transaction transaction, HandSet set) {
    transaction.execute(
        "DELETE FROM backend_settings WHERE pool = ? AND backend = ?", set.pool(), set.backend());
    if (set.draining() || set.weight() != null) {
      transaction
          .createUpdate(
              "INSERT INTO backend_settings (pool, backend, draining, weight)"
                  + " VALUES (:pool, :backend, :draining, :weight)")
          .bind("pool", set.pool())
          .bind("backend", set.backend())
          .bind("draining", set.draining())
          .bind("weight", set.weight())
          .execute();
    }
  }

  /// Adds a change, and forgets those from before a moment.
  void append(Transaction transaction, String pool, WeightChange change, Instant forgetBefore) {
    transaction
        .createUpdate(
            "INSERT INTO weight_changes"
                + " (pool, backend, at, weight_from, weight_to, reason, utilisation, average)"
                + " VALUES (:pool, :backend, :at, :from, :to, :reason, :utilisation, :average)")
        .bind("pool", pool)
        .bind("backend", change.backend())
        .bind("at", change.at().toEpochMilli())
        .bind("from", change.from())
        .bind("to", change.to())
        .bind("reason", change.reason().name())
        .bind("utilisation", nullable(change.utilisation()))
        .bind("average", nullable(change.average()))
        .execute();
    transaction.execute(
        "DELETE FROM weight_changes WHERE pool = ? AND at < ?", pool, forgetBefore.toEpochMilli());
  }

  /// A pool's changes in a span of time, the newest first.
  List<WeightChange> changes(
      Transaction transaction, String pool, Instant from, Instant to, int limit) {
    return transaction
        .createQuery(
            "SELECT * FROM weight_changes WHERE pool = :pool AND at BETWEEN :from AND :to"
                + " ORDER BY at DESC, seq DESC LIMIT :limit")
        .bind("pool", pool)
        .bind("from", from.toEpochMilli())
        .bind("to", to.toEpochMilli())
        .bind("limit", limit)
        .map(PoolStore::change)
        .list();
  }

  private static WeightChange change(ResultSet row, StatementContext context) throws SQLException {
    return new WeightChange(
        row.getString("backend"),
        row.getDouble("weight_from"),
        row.getDouble("weight_to"),
        WeightChange.Reason.valueOf(row.getString("reason")),
        optional(row, "utilisation"),
        optional(row, "average"),
        Instant.ofEpochMilli(row.getLong("at")));
  }

  private static @Nullable Double nullable(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static @Nullable Double nullable(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? null : value;
  }

  private static OptionalDouble optional(ResultSet row, String column) throws SQLException {
    Double value = nullable(row, column);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
