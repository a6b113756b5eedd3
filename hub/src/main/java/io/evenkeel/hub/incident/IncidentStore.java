package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.incident.Incident.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.PreparedBatch;
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

  /// Incidents by their ids.
  Map<String, IncidentRow> find(Transaction transaction, Collection<String> ids) {
    Map<String, IncidentRow> found = new LinkedHashMap<>();
    transaction
        .createQuery("SELECT * FROM incidents WHERE id IN (SELECT value FROM json_each(:ids))")
        .bind("ids", JSON.writeValueAsString(ids))
        .map(IncidentStore::row)
        .forEach(row -> found.put(row.id, row));
    return found;
  }

  /// The newest incident of each of some groups that is not closed, by group key.
  Map<String, IncidentRow> newest(Transaction transaction, Collection<String> groupKeys) {
    Map<String, IncidentRow> found = new HashMap<>();
    transaction
        .createQuery(
            "SELECT * FROM incidents WHERE group_key IN (SELECT value FROM json_each(:keys))"
                + " AND state <> 'CLOSED' ORDER BY opened_at")
        .bind("keys", JSON.writeValueAsString(groupKeys))
        .map(IncidentStore::row)
        .forEach(row -> found.put(row.groupKey, row));
    return found;
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

  /// Keeps incidents, new ones too.
  void save(Transaction transaction, Collection<IncidentRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        transaction.prepareBatch(
            "INSERT INTO incidents (id, group_key, title, subject, severity, labels, state,"
                + " opened_at, resolved_at, acknowledged_at, acknowledged_by, acknowledged_until,"
                + " assignee, suppressed_by, sequence, told_at, digest_at, untold_change,"
                + " escalated, turns)"
                + " VALUES (:id, :group, :title, :subject, :severity, :labels, :state, :opened,"
                + " :resolved, :ackAt, :ackBy, :ackUntil, :assignee, :suppressed, :sequence, :told,"
                + " :digest, :untold, :escalated, :turns) ON CONFLICT (id) DO UPDATE SET"
                + " title = excluded.title, subject = excluded.subject,"
                + " severity = excluded.severity, state = excluded.state,"
                + " opened_at = excluded.opened_at, resolved_at = excluded.resolved_at,"
                + " acknowledged_at = excluded.acknowledged_at,"
                + " acknowledged_by = excluded.acknowledged_by,"
                + " acknowledged_until = excluded.acknowledged_until,"
                + " assignee = excluded.assignee, suppressed_by = excluded.suppressed_by,"
                + " sequence = excluded.sequence, told_at = excluded.told_at,"
                + " digest_at = excluded.digest_at, untold_change = excluded.untold_change,"
                + " escalated = excluded.escalated, turns = excluded.turns");
    for (IncidentRow row : rows) {
      batch
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
          .bind("digest", row.digestAt)
          .bind("untold", row.untoldChange)
          .bind("escalated", row.escalated)
          .bind("turns", JSON.writeValueAsString(row.turns))
          .add();
    }
    batch.execute();
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
    incident.digestAt = row.getLong("digest_at");
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

  /// An alert with the incident it belongs to.
  record AlertOf(String incidentId, Incident.Alert alert) {}

  /// Keeps alerts, new ones too; their incidents must be there.
  void saveAlerts(Transaction transaction, List<AlertOf> alerts) {
    if (alerts.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        transaction.prepareBatch(
            "INSERT INTO incident_alerts (incident_id, rule_id, fingerprint, labels, annotations,"
                + " expression, condition_text, value, firing, starts_at, ends_at) VALUES"
                + " (:incident, :rule, :print, :labels, :annotations, :signal, :condition, :value,"
                + " :firing, :starts, :ends) ON CONFLICT (incident_id, rule_id, fingerprint)"
                + " DO UPDATE SET annotations = excluded.annotations, value = excluded.value,"
                + " firing = excluded.firing, starts_at = excluded.starts_at,"
                + " ends_at = excluded.ends_at");
    for (AlertOf one : alerts) {
      Incident.Alert alert = one.alert();
      batch
          .bind("incident", one.incidentId())
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
          .add();
    }
    batch.execute();
  }

  /// The alerts of some incidents, by incident; those of each firing first, newest first.
  Map<String, List<Incident.Alert>> alerts(Transaction transaction, Collection<String> ids) {
    Map<String, List<Incident.Alert>> alerts = new HashMap<>();
    if (ids.isEmpty()) {
      return alerts;
    }
    transaction
        .createQuery(
            "SELECT * FROM incident_alerts WHERE incident_id IN (SELECT value FROM json_each(:ids))"
                + " ORDER BY firing DESC, starts_at DESC")
        .bind("ids", JSON.writeValueAsString(ids))
        .map((row, context) -> new AlertOf(row.getString("incident_id"), alert(row)))
        .forEach(one ->
            alerts.computeIfAbsent(one.incidentId(), id -> new ArrayList<>()).add(one.alert()));
    return alerts;
  }

  /// An incident's alerts, firing ones first, newest first.
  List<Incident.Alert> alerts(Transaction transaction, String incidentId) {
    return alerts(transaction, List.of(incidentId)).getOrDefault(incidentId, List.of());
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

  /// The labels of every alert of some instances that fires now, by instance; the empty name stands
  /// for none.
  Map<String, List<Map<String, String>>> firingLabels(
      Transaction transaction, Collection<String> instances) {
    Map<String, List<Map<String, String>>> firing = new HashMap<>();
    transaction
        .createQuery(
            "SELECT instance, labels FROM incident_alerts WHERE firing"
                + " AND instance IN (SELECT value FROM json_each(:instances))")
        .bind("instances", JSON.writeValueAsString(instances))
        .map((row, context) -> Map.entry(row.getString("instance"), texts(row.getString("labels"))))
        .forEach(one ->
            firing.computeIfAbsent(one.getKey(), name -> new ArrayList<>()).add(one.getValue()));
    return firing;
  }

  /// The incidents in which some alerts of a rule fire, by fingerprint.
  Map<String, String> incidentsOf(
      Transaction transaction, String ruleId, Collection<String> fingerprints) {
    Map<String, String> incidents = new HashMap<>();
    transaction
        .createQuery(
            "SELECT fingerprint, incident_id FROM incident_alerts WHERE rule_id = :rule AND firing"
                + " AND fingerprint IN (SELECT value FROM json_each(:prints))")
        .bind("rule", ruleId)
        .bind("prints", JSON.writeValueAsString(fingerprints))
        .map(
            (row, context) -> Map.entry(row.getString("fingerprint"), row.getString("incident_id")))
        .forEach(one -> incidents.put(one.getKey(), one.getValue()));
    return incidents;
  }

  private static Incident.Alert alert(ResultSet row) throws SQLException {
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

  /// A line of an incident's timeline.
  record EventOf(String incidentId, Incident.Event event) {}

  void addEvents(Transaction transaction, List<EventOf> events) {
    if (events.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        transaction.prepareBatch(
            "INSERT INTO incident_events (incident_id, at, kind, actor, detail)"
                + " VALUES (:incident, :at, :kind, :actor, :detail)");
    for (EventOf one : events) {
      batch
          .bind("incident", one.incidentId())
          .bind("at", one.event().at())
          .bind("kind", one.event().kind())
          .bind("actor", one.event().actor())
          .bind("detail", one.event().detail())
          .add();
    }
    batch.execute();
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
