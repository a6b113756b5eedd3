package io.evenkeel.hub.incident;

import io.evenkeel.hub.alert.AlertEngine;
import io.evenkeel.hub.alert.AlertState;
import io.evenkeel.hub.alert.Transition;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.incident.Incident.State;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.security.Secret;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Takes alerts that began or ended into the incident of their group.
final class AlertIntake {
  private final IncidentStore store;
  private final CurrentRouting routing;
  private final QuietReasons quiet;
  private final Announcements announcements;
  private final UnaryOperator<Map<String, String>> completing;

  AlertIntake(
      IncidentStore store,
      CurrentRouting routing,
      QuietReasons quiet,
      Announcements announcements,
      UnaryOperator<Map<String, String>> completing) {
    this.store = store;
    this.routing = routing;
    this.quiet = quiet;
    this.announcements = announcements;
    this.completing = completing;
  }

  /// Takes changes of alerts into incidents, in their own transaction.
  void accept(Transaction transaction, List<Transition> transitions) {
    Map<String, Touched> touched = new LinkedHashMap<>();
    Map<String, Touched> byGroup = new HashMap<>();
    long now = 0;
    for (Transition transition : transitions) {
      if (transition.state().labels().valueOrEmpty("severity").equals("none")) {
        // A heartbeat such as Watchdog is no incident.
        continue;
      }
      now = Math.max(now, transition.at());
      switch (transition.kind()) {
        case FIRED -> {
          Touched one = fired(transaction, transition, byGroup);
          touched.put(one.row.id, one);
        }
        case RESOLVED -> resolved(transaction, transition, touched);
      }
    }
    if (touched.isEmpty()) {
      return;
    }
    QuietReasons.Moment moment = quiet.at(transaction, now);
    touched.values().forEach(one -> conclude(transaction, one, moment));
  }

  /// An incident that a transaction touches, and what happened to it.
  private static final class Touched {
    final IncidentRow row;
    boolean opened;
    boolean joined;
    long at;
    long eventAt = Long.MAX_VALUE;

    Touched(IncidentRow row) {
      this.row = row;
    }

    void took(Transition transition) {
      at = transition.at();
      eventAt = Math.min(eventAt, transition.eventAt());
    }
  }

  private Touched fired(
      Transaction transaction, Transition transition, Map<String, Touched> byGroup) {
    AlertState state = transition.state();
    Map<String, String> labels = completing.apply(state.labels().toMap());
    Map<String, String> group = new TreeMap<>();
    for (String name : routing.now().of(labels).groupBy()) {
      if (labels.containsKey(name)) {
        group.put(name, labels.get(name));
      }
    }
    if (group.isEmpty()) {
      group.put("alertname", transition.rule().name());
    }
    String key = group.toString();
    Touched one =
        byGroup.computeIfAbsent(key, unknown -> open(transaction, key, group, transition.at()));
    one.took(transition);
    one.joined = true;
    store.saveAlert(
        transaction,
        one.row.id,
        new Incident.Alert(
            transition.rule().id(),
            state.fingerprint(),
            labels,
            state.annotations(),
            AlertEngine.signalOf(transition.rule(), state.labels()),
            AlertEngine.conditionOf(transition.rule()),
            Double.isNaN(state.value()) ? null : Double.valueOf(state.value()),
            true,
            state.activeAt(),
            null));
    store.event(
        transaction,
        one.row.id,
        transition.at(),
        one.opened ? "fired" : "joined",
        Incidents.HUB,
        transition.rule().name());
    return one;
  }

  private Touched open(Transaction transaction, String key, Map<String, String> group, long at) {
    Optional<IncidentRow> newest = store.newest(transaction, key);
    if (newest.isPresent()) {
      IncidentRow row = newest.get();
      if (row.state.isOpen()) {
        return new Touched(row);
      }
      Long end = row.resolvedAt;
      if (row.state == State.RESOLVED && end != null && at - end < Incidents.REOPEN.toMillis()) {
        row.state = State.OPEN;
        row.resolvedAt = null;
        row.acknowledgedAt = null;
        row.acknowledgedBy = null;
        row.acknowledgedUntil = null;
        row.escalated = 0;
        store.event(transaction, row.id, at, "reopened", Incidents.HUB, "");
        return opened(row, at);
      }
    }
    IncidentRow row =
        new IncidentRow(Secret.random("", Incidents.ID_BITS).text(), key, Map.copyOf(group));
    row.openedAt = at;
    row.subject = group.getOrDefault("instance", String.join(", ", group.values()));
    store.save(transaction, row);
    return opened(row, at);
  }

  private static Touched opened(IncidentRow row, long at) {
    row.turn(at);
    Touched touched = new Touched(row);
    touched.opened = true;
    return touched;
  }

  private void resolved(
      Transaction transaction, Transition transition, Map<String, Touched> touched) {
    String print = transition.state().fingerprint();
    Optional<String> id = store.incidentOf(transaction, transition.rule().id(), print);
    if (id.isEmpty()) {
      return;
    }
    store.end(transaction, id.get(), transition.rule().id(), print, transition.at());
    Touched known = touched.get(id.get());
    Touched one =
        known != null ? known : new Touched(store.find(transaction, id.get()).orElseThrow());
    touched.put(id.get(), one);
    one.took(transition);
    store.event(
        transaction, id.get(), transition.at(), "left", Incidents.HUB, transition.rule().name());
  }

  private void conclude(Transaction transaction, Touched one, QuietReasons.Moment moment) {
    IncidentRow row = one.row;
    List<Incident.Alert> alerts = store.alerts(transaction, row.id);
    List<Incident.Alert> firing = alerts.stream().filter(Incident.Alert::firing).toList();
    if (firing.isEmpty()) {
      if (row.state.isOpen()) {
        row.state = State.RESOLVED;
        row.resolvedAt = one.at;
        row.turn(one.at);
        store.event(transaction, row.id, one.at, "resolved", Incidents.HUB, "");
        if (row.toldAt > 0) {
          announcements.tellUnlessFlapping(
              transaction, row, alerts, Notice.Kind.RESOLVED, one.at, one.eventAt);
        }
        row.suppressedBy = null;
        row.untoldChange = false;
      }
      store.save(transaction, row);
      return;
    }
    String before = row.severity;
    describe(row, firing);
    if (one.opened) {
      row.toldAt = row.toldAt > 0 && row.isFlapping(one.at) ? row.toldAt : 0;
      moment.suppress(transaction, row, firing);
      if (row.suppressedBy == null) {
        announcements.tellUnlessFlapping(
            transaction, row, alerts, Notice.Kind.FIRED, one.at, one.eventAt);
      }
    } else if (one.joined
        && Incident.rank(row.severity) > Incident.rank(before)
        && row.suppressedBy == null
        && row.toldAt > 0) {
      announcements.tell(
          transaction,
          row,
          alerts,
          Notice.Kind.CHANGED,
          one.eventAt,
          announcements.channels(transaction, alerts));
    } else {
      row.untoldChange |= one.joined;
    }
    store.save(transaction, row);
  }

  private static void describe(IncidentRow row, List<Incident.Alert> firing) {
    row.severity = Incident.worst(firing);
    List<String> names =
        firing.stream()
            .sorted(
                Comparator.comparingInt((Incident.Alert alert) -> -Incident.rank(alert.severity())))
            .map(alert -> alert.labels().getOrDefault("alertname", ""))
            .distinct()
            .toList();
    row.title = names.size() == 1 ? names.getFirst() : names.getFirst() + " +" + (names.size() - 1);
  }
}
