package io.evenkeel.hub.tune;

import io.evenkeel.hub.db.Transaction;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Roll-outs in the settings database.
final class RolloutStore {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /// Writes a roll-out in the place of what is there of it.
  void put(Transaction transaction, Rollout rollout) {
    transaction.execute("DELETE FROM tuning_rollouts WHERE id = ?", rollout.id());
    transaction
        .createUpdate(
            "INSERT INTO tuning_rollouts (id, began_at, ended_at, detail)"
                + " VALUES (:id, :began, :ended, :detail)")
        .bind("id", rollout.id())
        .bind("began", rollout.beganAt())
        .bind("ended", rollout.endedAt())
        .bind("detail", MAPPER.writeValueAsString(rollout))
        .execute();
  }

  Optional<Rollout> find(Transaction transaction, String id) {
    return transaction
        .createQuery("SELECT detail FROM tuning_rollouts WHERE id = :id")
        .bind("id", id)
        .map((row, _) -> MAPPER.readValue(row.getString("detail"), Rollout.class))
        .findOne();
  }

  /// Those that are not at their end.
  List<Rollout> running(Transaction transaction) {
    return transaction
        .createQuery("SELECT detail FROM tuning_rollouts WHERE ended_at IS NULL ORDER BY began_at")
        .map((row, _) -> MAPPER.readValue(row.getString("detail"), Rollout.class))
        .list();
  }

  /// Whether a trial, by its id that no other text has, is one of a roll-out's.
  boolean mentions(Transaction transaction, String trialId) {
    return transaction
        .createQuery("SELECT 1 FROM tuning_rollouts WHERE detail LIKE :trial LIMIT 1")
        .bind("trial", "%\"" + trialId + "\"%")
        .map((row, _) -> true)
        .findOne()
        .isPresent();
  }

  /// Forgets what ended long ago.
  void forgetEndedBefore(Transaction transaction, long beforeMillis) {
    transaction.execute("DELETE FROM tuning_rollouts WHERE ended_at < ?", beforeMillis);
  }
}
