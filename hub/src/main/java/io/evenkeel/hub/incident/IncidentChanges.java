package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.OutboxRow;
import io.evenkeel.hub.notify.ToldChannel;
import io.evenkeel.hub.notify.channel.Notice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a transaction makes of incidents, gathered and then written in a few batches: thousands of
/// incidents that open at once take seconds, not minutes. Used by one thread, in its transaction.
final class IncidentChanges {
  private final Transaction transaction;
  private final IncidentStore store;
  private final Notifications notifications;
  private final Map<String, IncidentRow> rows = new LinkedHashMap<>();
  private final List<IncidentStore.AlertOf> alerts = new ArrayList<>();
  private final List<IncidentStore.EventOf> events = new ArrayList<>();
  private final List<OutboxRow> messages = new ArrayList<>();
  private @Nullable List<ToldChannel> told;

  IncidentChanges(Transaction transaction, IncidentStore store, Notifications notifications) {
    this.transaction = transaction;
    this.store = store;
    this.notifications = notifications;
  }

  /// The enabled channels and whom they reach.
  List<ToldChannel> told() {
    List<ToldChannel> known = told;
    if (known == null) {
      known = notifications.channels().told(transaction);
      told = known;
    }
    return known;
  }

  /// An incident is to be kept as it is when everything is written.
  void keep(IncidentRow row) {
    rows.put(row.id, row);
  }

  void alert(String incidentId, Incident.Alert alert) {
    alerts.add(new IncidentStore.AlertOf(incidentId, alert));
  }

  /// Adds a line to an incident's timeline.
  void event(IncidentRow row, long at, String kind, String detail) {
    events.add(
        new IncidentStore.EventOf(row.id, new Incident.Event(at, kind, Incidents.HUB, detail)));
  }

  /// Puts a notice into the outbox for every recipient of some channels; answers how many messages
  /// that are.
  int message(Notice notice, Set<String> channelIds, long eventAt) {
    List<OutboxRow> own = notifications.outbox().rows(told(), notice, channelIds, eventAt);
    messages.addAll(own);
    return own.size();
  }

  /// Writes incidents and alerts, so that what is asked of the database next knows them.
  void writeAlerts() {
    store.save(transaction, rows.values());
    store.saveAlerts(transaction, alerts);
    rows.clear();
    alerts.clear();
  }

  /// Writes everything.
  void write() {
    writeAlerts();
    store.addEvents(transaction, events);
    notifications.outbox().put(transaction, messages);
    events.clear();
    messages.clear();
  }
}
