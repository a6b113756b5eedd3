package io.evenkeel.hub.notify;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.notify.channel.Channels;
import io.evenkeel.hub.security.SecretBox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;

/// The channels in the settings database, their secrets sealed.
final class ChannelStore {
  private final SecretBox box;

  ChannelStore(SecretBox box) {
    this.box = box;
  }

  /// All channels by name. A row of a kind that this version does not know is left out.
  List<ChannelSettings> all(Transaction transaction) {
    return transaction.createQuery("SELECT * FROM channels ORDER BY name").map(this::row).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /// The enabled channels by name, without what only sending needs: each message that is put into
  /// the outbox asks for them, and no secret is opened for it.
  List<ToldChannel> told(Transaction transaction) {
    return transaction
        .createQuery("SELECT id, name, kind, recipients FROM channels WHERE enabled ORDER BY name")
        .map((row, context) -> {
          boolean known = Channels.named(row.getString("kind")).isPresent();
          ToldChannel channel =
              new ToldChannel(
                  row.getString("id"),
                  row.getString("name"),
                  NotifyJson.recipients(row.getString("recipients")));
          return known ? Optional.of(channel) : Optional.<ToldChannel>empty();
        })
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  Optional<ChannelSettings> find(Transaction transaction, String id) {
    return transaction
        .createQuery("SELECT * FROM channels WHERE id = :id")
        .bind("id", id)
        .map(this::row)
        .findOne()
        .flatMap(one -> one);
  }

  void insert(Transaction transaction, ChannelSettings channel) {
    bind(
            transaction.createUpdate(
                "INSERT INTO channels (id, name, kind, form, secrets, recipients, fallback_id,"
                    + " enabled, created_at, problem_told_at) VALUES (:id, :name, :kind, :form,"
                    + " :secrets, :recipients, :fallback, :enabled, :created, 0)"),
            channel)
        .bind("kind", channel.kind().name())
        .bind("created", channel.createdAt())
        .execute();
  }

  void update(Transaction transaction, ChannelSettings channel) {
    bind(
            transaction.createUpdate(
                "UPDATE channels SET name = :name, form = :form, secrets = :secrets,"
                    + " recipients = :recipients, fallback_id = :fallback, enabled = :enabled"
                    + " WHERE id = :id"),
            channel)
        .execute();
  }

  private Update bind(Update update, ChannelSettings channel) {
    return update
        .bind("id", channel.id())
        .bind("name", channel.name())
        .bind("form", NotifyJson.write(channel.form()))
        .bind("secrets", box.seal(owner(channel.id()), NotifyJson.write(channel.secrets())))
        .bind("recipients", NotifyJson.recipients(channel.recipients()))
        .bind("fallback", channel.fallbackId())
        .bind("enabled", channel.enabled());
  }

  void delete(Transaction transaction, String id) {
    transaction.createUpdate("DELETE FROM channels WHERE id = :id").bind("id", id).execute();
  }

  /// Notes that people are told of a channel's problem now; false when they were since `after`.
  boolean tellProblem(Transaction transaction, String id, long now, long after) {
    return transaction
            .createUpdate(
                "UPDATE channels SET problem_told_at = :now"
                    + " WHERE id = :id AND problem_told_at < :after")
            .bind("now", now)
            .bind("after", after)
            .bind("id", id)
            .execute()
        > 0;
  }

  private static String owner(String id) {
    return "channel:" + id;
  }

  private Optional<ChannelSettings> row(ResultSet row, StatementContext context)
      throws SQLException {
    String id = row.getString("id");
    String name = row.getString("name");
    Map<String, String> form = NotifyJson.texts(row.getString("form"));
    Map<String, String> secrets = NotifyJson.texts(box.open(owner(id), row.getString("secrets")));
    var recipients = NotifyJson.recipients(row.getString("recipients"));
    String fallback = row.getString("fallback_id");
    boolean enabled = row.getBoolean("enabled");
    long created = row.getLong("created_at");
    return Channels.named(row.getString("kind"))
        .map(kind ->
            new ChannelSettings(
                id, name, kind, form, secrets, recipients, fallback, enabled, created));
  }
}
