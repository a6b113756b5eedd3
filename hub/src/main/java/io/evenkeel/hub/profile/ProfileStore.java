package io.evenkeel.hub.profile;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.profile.Profile.Note;
import io.evenkeel.hub.profile.Profile.Result;
import io.evenkeel.hub.profile.Profile.State;
import io.evenkeel.model.command.ProfileKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Profiles in the settings database.
final class ProfileStore {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  void insert(Transaction transaction, Profile one) {
    transaction
        .createUpdate(
            "INSERT INTO profiles (id, host_id, host, pid, comm, kind, seconds, asked_by, asked_at,"
                + " finding, state, detail) VALUES (:id, :hostId, :host, :pid, :comm, :kind,"
                + " :seconds, :askedBy, :askedAt, :finding, :state, '')")
        .bind("id", one.id())
        .bind("hostId", one.hostId())
        .bind("host", one.host())
        .bind("pid", one.pid())
        .bind("comm", one.comm())
        .bind("kind", one.kind().word())
        .bind("seconds", one.seconds())
        .bind("askedBy", one.askedBy())
        .bind("askedAt", one.askedAt())
        .bind("finding", one.finding())
        .bind("state", word(State.RUNNING))
        .execute();
  }

  /// Whether one is on its way on a host.
  boolean isRunning(Transaction transaction, String hostId) {
    return transaction
            .createQuery("SELECT count(*) FROM profiles WHERE host_id = :host AND state = :state")
            .bind("host", hostId)
            .bind("state", word(State.RUNNING))
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  /// Ends a run that is on its way; false when it is not any more.
  boolean fail(Transaction transaction, String id, Note reason) {
    return end(transaction, id, State.FAILED, MAPPER.writeValueAsString(reason));
  }

  /// Ends a run that is on its way; false when it is not any more.
  boolean finish(Transaction transaction, String id, Result result) {
    return end(transaction, id, State.DONE, MAPPER.writeValueAsString(result));
  }

  private static boolean end(Transaction transaction, String id, State state, String detail) {
    return transaction.execute(
            "UPDATE profiles SET state = ?, detail = ? WHERE id = ? AND state = ?",
            word(state),
            detail,
            id,
            word(State.RUNNING))
        > 0;
  }

  List<Profile> running(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM profiles WHERE state = :state")
        .bind("state", word(State.RUNNING))
        .map((row, _) -> profile(row))
        .list();
  }

  /// The newest first; an empty host or finding means every one.
  List<Profile> list(Transaction transaction, String hostId, String finding, int limit) {
    return transaction
        .createQuery(
            "SELECT * FROM profiles WHERE (:host = '' OR host_id = :host)"
                + " AND (:finding = '' OR finding = :finding)"
                + " ORDER BY asked_at DESC, id LIMIT :limit")
        .bind("host", hostId)
        .bind("finding", finding)
        .bind("limit", limit)
        .map((row, _) -> profile(row))
        .list();
  }

  Optional<Profile> find(Transaction transaction, String id) {
    return transaction
        .createQuery("SELECT * FROM profiles WHERE id = :id")
        .bind("id", id)
        .map((row, _) -> profile(row))
        .findOne();
  }

  boolean delete(Transaction transaction, String id) {
    return transaction.execute("DELETE FROM profiles WHERE id = ?", id) > 0;
  }

  /// Those that are older than a time, or beyond the newest so many, and over.
  List<String> surplus(Transaction transaction, long beforeMillis, int keep) {
    return transaction
        .createQuery(
            "SELECT id FROM profiles WHERE state <> :running AND (asked_at < :before OR id NOT IN"
                + " (SELECT id FROM profiles ORDER BY asked_at DESC, id LIMIT :keep))")
        .bind("running", word(State.RUNNING))
        .bind("before", beforeMillis)
        .bind("keep", keep)
        .mapTo(String.class)
        .list();
  }

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static Profile profile(ResultSet row) throws SQLException {
    State state = State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    String detail = row.getString("detail");
    return new Profile(
        row.getString("id"),
        row.getString("host_id"),
        row.getString("host"),
        row.getInt("pid"),
        row.getString("comm"),
        ProfileKind.of(row.getString("kind")),
        row.getInt("seconds"),
        row.getString("asked_by"),
        row.getLong("asked_at"),
        row.getString("finding"),
        state,
        state == State.FAILED ? MAPPER.readValue(detail, Note.class) : null,
        state == State.DONE ? MAPPER.readValue(detail, Result.class) : null);
  }
}
