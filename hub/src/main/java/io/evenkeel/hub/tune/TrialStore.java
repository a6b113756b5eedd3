package io.evenkeel.hub.tune;

import io.evenkeel.hub.db.Transaction;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Trials in the settings database.
final class TrialStore {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /// What the history counts of a trial.
  record Ended(
      String host, String action, TrialVerdict verdict, Optional<Double> effect, boolean kept) {}

  void insert(Transaction transaction, TrialDetail detail) {
    TrialSummary trial = detail.trial();
    transaction
        .createUpdate(
            "INSERT INTO tuning_trials (id, host, action, target, verdict, effect, kept, began_at,"
                + " ended_at, detail) VALUES (:id, :host, :action, :target, NULL, NULL, 0, :began,"
                + " NULL, :detail)")
        .bind("id", trial.id())
        .bind("host", trial.host())
        .bind("action", trial.action())
        .bind("target", trial.target())
        .bind("began", trial.beganAt())
        .bind("detail", MAPPER.writeValueAsString(detail))
        .execute();
  }

  void update(Transaction transaction, TrialDetail detail) {
    TrialSummary trial = detail.trial();
    transaction
        .createUpdate(
            "UPDATE tuning_trials SET verdict = :verdict, effect = :effect, kept = :kept,"
                + " ended_at = :ended, detail = :detail WHERE id = :id")
        .bind("id", trial.id())
        .bind("verdict", trial.verdict() == null ? null : trial.verdict().name())
        .bind("effect", trial.effect())
        .bind("kept", trial.kept() ? 1 : 0)
        .bind("ended", trial.endedAt())
        .bind("detail", MAPPER.writeValueAsString(detail))
        .execute();
  }

  Optional<TrialDetail> find(Transaction transaction, String id) {
    return transaction
        .createQuery("SELECT detail FROM tuning_trials WHERE id = :id")
        .bind("id", id)
        .map((row, _) -> detail(row.getString("detail")))
        .findOne();
  }

  /// The newest first, those that are not over before all others.
  ///
  /// @param host empty for every host
  List<TrialDetail> newest(Transaction transaction, String host, int limit) {
    return transaction
        .createQuery(
            "SELECT detail FROM tuning_trials WHERE (:host = '' OR host = :host)"
                + " ORDER BY ended_at IS NOT NULL, began_at DESC, id LIMIT :limit")
        .bind("host", host)
        .bind("limit", limit)
        .map((row, _) -> detail(row.getString("detail")))
        .list();
  }

  /// Those that a hub before did not end.
  List<TrialDetail> open(Transaction transaction) {
    return transaction
        .createQuery("SELECT detail FROM tuning_trials WHERE ended_at IS NULL")
        .map((row, _) -> detail(row.getString("detail")))
        .list();
  }

  /// Those whose backends could not be filled again yet.
  List<TrialDetail> drained(Transaction transaction) {
    return transaction
        .createQuery("SELECT detail FROM tuning_trials WHERE detail LIKE '%NOT_REFILLED%'")
        .map((row, _) -> detail(row.getString("detail")))
        .list()
        .stream()
        .filter(trial -> !trial.drained().isEmpty())
        .toList();
  }

  /// Those whose value stays.
  List<TrialDetail> kept(Transaction transaction) {
    return transaction
        .createQuery("SELECT detail FROM tuning_trials WHERE kept = 1 ORDER BY began_at")
        .map((row, _) -> detail(row.getString("detail")))
        .list();
  }

  /// Those of a host whose value stays, or should.
  List<TrialDetail> ofHost(Transaction transaction, String host) {
    return transaction
        .createQuery(
            "SELECT detail FROM tuning_trials WHERE host = :host AND ended_at IS NOT NULL"
                + " AND (kept = 1 OR verdict = 'HELPED') ORDER BY began_at")
        .bind("host", host)
        .map((row, _) -> detail(row.getString("detail")))
        .list();
  }

  List<Ended> ended(Transaction transaction) {
    return transaction
        .createQuery(
            "SELECT host, action, verdict, effect, kept FROM tuning_trials"
                + " WHERE ended_at IS NOT NULL AND verdict IS NOT NULL ORDER BY began_at")
        .map((row, _) -> {
          double effect = row.getDouble("effect");
          return new Ended(
              row.getString("host"),
              row.getString("action"),
              TrialVerdict.valueOf(row.getString("verdict")),
              row.wasNull() ? Optional.empty() : Optional.of(effect),
              row.getBoolean("kept"));
        })
        .list();
  }

  /// Forgets what ended long ago and does not stay.
  void forgetEndedBefore(Transaction transaction, long beforeMillis) {
    transaction.execute("DELETE FROM tuning_trials WHERE ended_at < ? AND kept = 0", beforeMillis);
  }

  private static TrialDetail detail(String json) {
    return MAPPER.readValue(json, TrialDetail.class);
  }
}
