package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.incident.Incident.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Incidents, their alerts and timelines, and silences in the settings database.
final class IncidentStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// What to look for; an empty filter lets all through.
  ///
  /// @param from incidents that were not over before, epoch milliseconds
  /// @param to incidents that were opened until then, epoch milliseconds
  record Filter(List<State> states, String severity, String words, long from, long to, int limit) {}

  Optional<IncidentRow> find(Transaction transaction, String id) {
    return transaction
        .createQuery("SELECT * FROM incidents WHERE id = :id")
        .bind("id", id)
        .map(IncidentStore::row)
        .findOne();
  }

  /// The newest incident of a group.
  Optional<IncidentRow> newest(Transaction transaction, String groupKey) {
    return transaction
        .createQuery(
            "SELECT * FROM incidents WHERE group_key = :key ORDER BY opened_at DESC LIMIT 1")
        .bind("key", groupKey)
        .map(IncidentStore::row)
        .findOne();
  }

  List<IncidentRow> inStates(Transaction transaction, State... states) {
    List<IncidentRow> all = new ArrayList<>();
    for (State state : states) {
      all.addAll(
          transaction
              .createQuery("SELECT * FROM incidents WHERE state = :state ORDER BY opened_at")
              .bind("state", state.name())
              .map(IncidentStore::row)
              .list());
    }
    return all;
  }

  /// Incidents by filters, newest first.
  List<IncidentRow> search(Transaction transaction, Filter filter) {
    StringBuilder sql =
        new StringBuilder(
            "SELECT * FROM incidents WHERE opened_at <= :to"
                + " AND COALESCE(resolved_at, :to) >= :from");
    for (int i = 0; i < filter.states().size(); i++) {
      sql.append(i == 0 ? " AND state IN (" : ", ").append(":s").append(i);
    }
    sql.append(filter.states().isEmpty() ? "" : ")");
    sql.append(filter.severity().isEmpty() ? "" : " AND severity = :severity");
    sql.append(
        filter.words().isEmpty()
            ? ""
            : " AND (title LIKE :words ESCAPE '!' OR subject LIKE :words ESCAPE '!')");
    Query query =
        transaction
            .createQuery(sql.append(" ORDER BY opened_at DESC LIMIT :limit").toString())
            .bind("from", filter.from())
            .bind("to", filter.to())
            .bind("limit", filter.limit());
    for (int i = 0; i < filter.states().size(); i++) {
      query.bind("s" + i, filter.states().get(i).name());
    }
    if (!filter.severity().isEmpty()) {
      query.bind("severity", filter.severity());
    }
    if (!filter.words().isEmpty()) {
      String escaped = filter.words().replace("!", "!!").replace("%", "!%").replace("_", "!_");
      query.bind("words", "%" + escaped + "%");
    }
    return query.map(IncidentStore::row).list();
  }

  void save(Transaction transaction, IncidentRow row) {
    transaction
        .createUpdate(
            "INSERT INTO incidents (id, group_key, title, subject, severity, labels, state,"
                + " opened_at, resolved_at, acknowledged_at, acknowledged_by, acknowledged_until,"
                + " assignee, suppressed_by, sequence, told_at, untold_change, escalated, turns)"
                + " VALUES (:id, :group, :title, :subject, :severity, :labels, :state, :opened,"
                + " :resolved, :ackAt, :ackBy, :ackUntil, :assignee, :suppressed, :sequence, :told,"
                + " :untold, :escalated, :turns) ON CONFLICT (id) DO UPDATE SET"
                + " title = excluded.title, subject = excluded.subject,"
                + " severity = excluded.severity, state = excluded.state,"
                + " opened_at = excluded.opened_at, resolved_at = excluded.resolved_at,"
                + " acknowledged_at = excluded.acknowledged_at,"
                + " acknowledged_by = excluded.acknowledged_by,"
                + " acknowledged_until = excluded.acknowledged_until,"
                + " assignee = excluded.assignee, suppressed_by = excluded.suppressed_by,"
                + " sequence = excluded.sequence, told_at = excluded.told_at,"
                + " untold_change = excluded.untold_change, escalated = excluded.escalated,"
                + " turns = excluded.turns")
        .bind("id", row.id)
        .bind("group", row.groupKey)
        .bind("title", row.title)
        .bind("subject", row.subject)
        .bind("severity", row.severity)
        .bind("labels", JSON.writeValueAsString(row.labels))
        .bind("state", row.state.name())
        .bind("opened", row.openedAt)
        .bind("resolved", row.resolvedAt)
        .bind("ackAt", row.acknowledgedAt)
        .bind("ackBy", row.acknowledgedBy)
        .bind("ackUntil", row.acknowledgedUntil)
        .bind("assignee", row.assignee)
        .bind("suppressed", row.suppressedBy)
        .bind("sequence", row.sequence)
        .bind("told", row.toldAt)
        .bind("untold", row.untoldChange)
        .bind("escalated", row.escalated)
        .bind("turns", JSON.writeValueAsString(row.turns))
        .execute();
  }

  private static IncidentRow row(ResultSet row, StatementContext context) throws SQLException {
    IncidentRow incident =
        new IncidentRow(
            row.getString("id"), row.getString("group_key"), texts(row.getString("labels")));
    incident.title = row.getString("title");
    incident.subject = row.getString("subject");
    incident.severity = row.getString("severity");
    incident.state = State.valueOf(row.getString("state"));
    incident.openedAt = row.getLong("opened_at");
    incident.resolvedAt = number(row, "resolved_at");
    incident.acknowledgedAt = number(row, "acknowledged_at");
    incident.acknowledgedBy = row.getString("acknowledged_by");
    incident.acknowledgedUntil = number(row, "acknowledged_until");
    incident.assignee = row.getString("assignee");
    incident.suppressedBy = row.getString("suppressed_by");
    incident.sequence = row.getLong("sequence");
    incident.toldAt = row.getLong("told_at");
    incident.untoldChange = row.getBoolean("untold_change");
    incident.escalated = row.getInt("escalated");
    for (JsonNode turn : JSON.readTree(row.getString("turns"))) {
      incident.turns.add(turn.asLong());
    }
    return incident;
  }

  private static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Long.valueOf(value);
  }

  private static Map<String, String> texts(String json) {
    Map<String, String> texts = new LinkedHashMap<>();
    JSON.readTree(json).forEachEntry((key, value) -> texts.put(key, value.asString()));
    return texts;
  }

  void saveAlert(Transaction transaction, String incidentId, Incident.Alert alert) {
    transaction
        .createUpdate(
            "INSERT INTO incident_alerts (incident_id, rule_id, fingerprint, labels, annotations,"
                + " expression, condition_text, value, firing, starts_at, ends_at) VALUES"
                + " (:incident, :rule, :print, :labels, :annotations, :signal, :condition, :value,"
                + " :firing, :starts, :ends) ON CONFLICT (incident_id, rule_id, fingerprint)"
                + " DO UPDATE SET annotations = excluded.annotations, value = excluded.value,"
                + " firing = excluded.firing, starts_at = excluded.starts_at,"
                + " ends_at = excluded.ends_at")
        .bind("incident", incidentId)
        .bind("rule", alert.ruleId())
        .bind("print", alert.fingerprint())
        .bind("labels", JSON.writeValueAsString(alert.labels()))
        .bind("annotations", JSON.writeValueAsString(alert.annotations()))
        .bind("signal", alert.signal())
        .bind("condition", alert.condition())
        .bind("value", alert.value())
        .bind("firing", alert.firing())
        .bind("starts", alert.startsAt())
        .bind("ends", alert.endsAt())
        .execute();
  }

  /// An incident's alerts, firing ones first, newest first.
  List<Incident.Alert> alerts(Transaction transaction, String incidentId) {
    return transaction
        .createQuery(
            "SELECT * FROM incident_alerts WHERE incident_id = :incident"
                + " ORDER BY firing DESC, starts_at DESC")
        .bind("incident", incidentId)
        .map(IncidentStore::alert)
        .list();
  }

  /// The labels of every alert that fires now, those of each incident newest first.
  Firing firing(Transaction transaction) {
    Firing firing = new Firing();
    transaction
        .createQuery(
            "SELECT incident_id, labels FROM incident_alerts WHERE firing ORDER BY starts_at DESC")
        .map((row, context) -> {
          firing.add(row.getString("incident_id"), texts(row.getString("labels")));
          return row.getRow();
        })
        .list();
    return firing;
  }

  /// The labels of every alert that fires now.
  List<Map<String, String>> firingLabels(Transaction transaction) {
    return firing(transaction).all();
  }

  /// The labels of every alert of an instance that fires now; the empty name stands for none.
  List<Map<String, String>> firingLabels(Transaction transaction, String instance) {
    return transaction
        .createQuery("SELECT labels FROM incident_alerts WHERE firing AND instance = :instance")
        .bind("instance", instance)
        .map((row, context) -> texts(row.getString("labels")))
        .list();
  }

  /// The incident in which an alert fires.
  Optional<String> incidentOf(Transaction transaction, String ruleId, String fingerprint) {
    return transaction
        .createQuery(
            "SELECT incident_id FROM incident_alerts WHERE rule_id = :rule"
                + " AND fingerprint = :print AND firing")
        .bind("rule", ruleId)
        .bind("print", fingerprint)
        .mapTo(String.class)
        .findFirst();
  }

  void end(Transaction transaction, String incidentId, String ruleId, String print, long at) {
    transaction
        .createUpdate(
            "UPDATE incident_alerts SET firing = FALSE, ends_at = :at"
                + " WHERE incident_id = :incident AND rule_id = :rule AND fingerprint = :print")
        .bind("at", at)
        .bind("incident", incidentId)
        .bind("rule", ruleId)
        .bind("print", print)
        .execute();
  }

  private static Incident.Alert alert(ResultSet row, StatementContext context) throws SQLException {
    double value = row.getDouble("value");
    boolean missing = row.wasNull();
    return new Incident.Alert(
        row.getString("rule_id"),
        row.getString("fingerprint"),
        texts(row.getString("labels")),
        texts(row.getString("annotations")),
        row.getString("expression"),
        row.getString("condition_text"),
        missing ? null : Double.valueOf(value),
        row.getBoolean("firing"),
        row.getLong("starts_at"),
        number(row, "ends_at"));
  }

  void event(
      Transaction transaction, String incidentId, long at, String kind, String by, String detail) {
    transaction
        .createUpdate(
            "INSERT INTO incident_events (incident_id, at, kind, actor, detail)"
                + " VALUES (:incident, :at, :kind, :actor, :detail)")
        .bind("incident", incidentId)
        .bind("at", at)
        .bind("kind", kind)
        .bind("actor", by)
        .bind("detail", detail)
        .execute();
  }

  List<Incident.Event> events(Transaction transaction, String incidentId) {
    return transaction
        .createQuery(
            "SELECT * FROM incident_events WHERE incident_id = :incident ORDER BY at DESC LIMIT 500")
        .bind("incident", incidentId)
        .map((row, context) ->
            new Incident.Event(
                row.getLong("at"),
                row.getString("kind"),
                row.getString("actor"),
                row.getString("detail")))
        .list();
  }

  /// The mean time in milliseconds until incidents opened since a time were acknowledged; null
  /// without any.
  @Nullable Double meanToAcknowledge(Transaction transaction, long since) {
    return mean(transaction, "SELECT AVG(acknowledged_at - opened_at)", since);
  }

  /// The same until they were resolved.
  @Nullable Double meanToResolve(Transaction transaction, long since) {
    return mean(transaction, "SELECT AVG(resolved_at - opened_at)", since);
  }

  private static @Nullable Double mean(Transaction transaction, String select, long since) {
    List<Double> mean =
        transaction
            .createQuery(select + " AS mean FROM incidents WHERE opened_at >= :since")
            .bind("since", since)
            .map((row, context) -> {
              double value = row.getDouble("mean");
              return row.wasNull() ? Double.valueOf(Double.NaN) : Double.valueOf(value);
            })
            .list();
    return mean.isEmpty() || mean.getFirst().isNaN() ? null : mean.getFirst();
  }

  /// How much each rule said since a time, and how much of it was acknowledged.
  List<Incidents.Noise> noise(Transaction transaction, long since) {
    return transaction
        .createQuery(
            "SELECT rule_id, COUNT(*) AS fired, SUM(seen) AS acknowledged,"
                + " SUM(CASE WHEN seen = 0 AND NOT firing THEN 1 ELSE 0 END) AS ignored FROM"
                + " (SELECT a.rule_id, a.firing, CASE WHEN EXISTS (SELECT 1 FROM incident_events e"
                + " WHERE e.incident_id = a.incident_id AND e.kind = 'acknowledged') THEN 1 ELSE 0"
                + " END AS seen FROM incident_alerts a WHERE a.starts_at >= :since) AS counted"
                + " GROUP BY rule_id ORDER BY fired DESC")
        .bind("since", since)
        .map((row, context) ->
            new Incidents.Noise(
                row.getString("rule_id"),
                row.getInt("fired"),
                row.getInt("acknowledged"),
                row.getInt("ignored")))
        .list();
  }

  List<Silence> silences(Transaction transaction) {
    return transaction
        .createQuery("SELECT * FROM silences ORDER BY created_at DESC")
        .map((row, context) ->
            new Silence(
                row.getString("id"),
                List.of(JSON.readValue(row.getString("matchers"), LabelMatcher[].class)),
                JSON.readValue(row.getString("schedule"), Schedule.class),
                row.getString("kind").equals("maintenance"),
                row.getString("comment"),
                row.getString("created_by"),
                row.getLong("created_at")))
        .list();
  }

  void saveSilence(Transaction transaction, Silence silence) {
    transaction
        .createUpdate(
            "INSERT INTO silences (id, matchers, schedule, kind, comment, created_by, created_at,"
                + " ends_at) VALUES (:id, :matchers, :schedule, :kind, :comment, :by, :at, :ends)")
        .bind("id", silence.id())
        .bind("matchers", JSON.writeValueAsString(silence.matchers()))
        .bind("schedule", JSON.writeValueAsString(silence.schedule()))
        .bind("kind", silence.word())
        .bind("comment", silence.comment())
        .bind("by", silence.createdBy())
        .bind("at", silence.createdAt())
        .bind("ends", silence.schedule().endsAt())
        .execute();
  }

  boolean removeSilence(Transaction transaction, String id) {
    return transaction.createUpdate("DELETE FROM silences WHERE id = :id").bind("id", id).execute()
        > 0;
  }
}
