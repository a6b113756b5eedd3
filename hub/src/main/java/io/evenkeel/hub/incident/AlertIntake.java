package io.evenkeel.hub.incident;

import io.evenkeel.hub.alert.AlertEngine;
import io.evenkeel.hub.alert.AlertState;
import io.evenkeel.hub.alert.Transition;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.incident.Incident.State;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.security.Secret;
import io.evenkeel.model.Label;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Takes alerts that began or ended into the incident of their group.
final class AlertIntake {
  private final IncidentStore store;
  private final CurrentRouting routing;
  private final QuietReasons quiet;
  private final Announcements announcements;
  private final Notifications notifications;
  private final UnaryOperator<Map<String, String>> completing;

  AlertIntake(
      IncidentStore store,
      CurrentRouting routing,
      QuietReasons quiet,
      Announcements announcements,
      Notifications notifications,
      UnaryOperator<Map<String, String>> completing) {
    this.store = store;
    this.routing = routing;
    this.quiet = quiet;
    this.announcements = announcements;
    this.notifications = notifications;
    this.completing = completing;
  }

  /// Takes changes of alerts into incidents, in their own transaction.
  void accept(Transaction transaction, List<Transition> transitions) {
    // A heartbeat such as Watchdog is no incident.
    List<Transition> wanted =
        transitions.stream()
            .filter(one -> !one.state().labels().valueOrEmpty("severity").equals("none"))
            .toList();
    if (wanted.isEmpty()) {
      return;
    }
    IncidentChanges changes = new IncidentChanges(transaction, store, notifications);
    List<Touched> touched = new Intake(transaction, changes).take(wanted);
    changes.writeAlerts();
    Set<String> instances = new HashSet<>();
    touched.forEach(one ->
        one.alerts
            .values()
            .forEach(alert -> instances.add(alert.labels().getOrDefault(Label.INSTANCE, ""))));
    long now = wanted.stream().mapToLong(Transition::at).max().orElseThrow();
    QuietReasons.Moment moment = quiet.at(transaction, instances, now);
    touched.forEach(one -> conclude(changes, one, moment));
    changes.write();
  }

  /// An alert, whatever its incident.
  private record AlertId(String ruleId, String fingerprint) {}

  /// An alert that began to fire, and where it belongs.
  private record Fired(
      Transition transition, Map<String, String> labels, String key, Map<String, String> group) {}

  /// An incident that a transaction touches, and what happened to it.
  private static final class Touched {
    final IncidentRow row;
    final Map<AlertId, Incident.Alert> alerts = new LinkedHashMap<>();
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

    /// Its alerts, firing ones first, newest first.
    List<Incident.Alert> inOrder() {
      return alerts.values().stream()
          .sorted(
              Comparator.comparing((Incident.Alert alert) -> !alert.firing())
                  .thenComparing(alert -> -alert.startsAt()))
          .toList();
    }
  }

  /// Finds the incidents of some changes, all by a few queries, and takes the changes into them.
  private final class Intake {
    private final Transaction transaction;
    private final IncidentChanges changes;
    private final Map<String, Touched> byId = new LinkedHashMap<>();
    private final Map<String, Touched> byGroup = new HashMap<>();

    Intake(Transaction transaction, IncidentChanges changes) {
      this.transaction = transaction;
      this.changes = changes;
    }

    List<Touched> take(List<Transition> transitions) {
      Map<Transition, String> endedIn = endedIn(transitions);
      Map<Transition, Fired> fired = new HashMap<>();
      for (Transition transition : transitions) {
        if (transition.kind() == Transition.Kind.FIRED) {
          fired.put(transition, destination(transition));
        }
      }
      Map<String, IncidentRow> newest =
          store.newest(
              transaction, fired.values().stream().map(Fired::key).collect(Collectors.toSet()));
      Map<String, IncidentRow> known =
          new HashMap<>(store.find(transaction, Set.copyOf(endedIn.values())));
      newest.values().forEach(row -> known.putIfAbsent(row.id, row));
      Map<String, List<Incident.Alert>> alerts = store.alerts(transaction, known.keySet());
      for (Transition transition : transitions) {
        Fired one = fired.get(transition);
        String ended = endedIn.get(transition);
        if (one != null) {
          IncidentRow row = newest.get(one.key());
          begin(one, row == null ? null : known.get(row.id), alerts);
        } else if (ended != null) {
          end(transition, Objects.requireNonNull(known.get(ended)), alerts);
        }
      }
      return List.copyOf(byId.values());
    }

    /// The incidents in which alerts that are over still fire.
    private Map<Transition, String> endedIn(List<Transition> transitions) {
      Map<String, List<Transition>> byRule =
          transitions.stream()
              .filter(one -> one.kind() == Transition.Kind.RESOLVED)
              .collect(Collectors.groupingBy(one -> one.rule().id()));
      Map<Transition, String> incidents = new HashMap<>();
      byRule.forEach((rule, own) -> {
        Map<String, String> found =
            store.incidentsOf(
                transaction, rule, own.stream().map(one -> one.state().fingerprint()).toList());
        for (Transition one : own) {
          String id = found.get(one.state().fingerprint());
          if (id != null) {
            incidents.put(one, id);
          }
        }
      });
      return incidents;
    }

    private Fired destination(Transition transition) {
      Map<String, String> labels = completing.apply(transition.state().labels().toMap());
      Map<String, String> group = new TreeMap<>();
      for (String name : routing.now().of(labels).groupBy()) {
        if (labels.containsKey(name)) {
          group.put(name, labels.get(name));
        }
      }
      if (group.isEmpty()) {
        group.put("alertname", transition.rule().name());
      }
      return new Fired(transition, labels, group.toString(), group);
    }

    private void begin(
        Fired fired, @Nullable IncidentRow newest, Map<String, List<Incident.Alert>> alerts) {
      Transition transition = fired.transition();
      AlertState state = transition.state();
      Touched one = byGroup.get(fired.key());
      if (one == null) {
        one = open(fired, newest, alerts);
        byGroup.put(fired.key(), one);
      }
      one.took(transition);
      one.joined = true;
      put(
          one,
          new Incident.Alert(
              transition.rule().id(),
              state.fingerprint(),
              fired.labels(),
              state.annotations(),
              AlertEngine.signalOf(transition.rule(), state.labels()),
              AlertEngine.conditionOf(transition.rule()),
              Double.isNaN(state.value()) ? null : Double.valueOf(state.value()),
              true,
              state.activeAt(),
              null));
      changes.event(
          one.row, transition.at(), one.opened ? "fired" : "joined", transition.rule().name());
    }

    private void end(
        Transition transition, IncidentRow row, Map<String, List<Incident.Alert>> alerts) {
      Touched one = touch(row, alerts);
      one.took(transition);
      Incident.Alert alert =
          one.alerts.get(new AlertId(transition.rule().id(), transition.state().fingerprint()));
      if (alert != null) {
        put(one, alert.endedAt(transition.at()));
      }
      changes.event(row, transition.at(), "left", transition.rule().name());
    }

    private void put(Touched one, Incident.Alert alert) {
      one.alerts.put(new AlertId(alert.ruleId(), alert.fingerprint()), alert);
      changes.alert(one.row.id, alert);
    }

    /// The incident of a group: the one that is open, the one that was over a short time ago, or a
    /// new one.
    private Touched open(
        Fired fired, @Nullable IncidentRow newest, Map<String, List<Incident.Alert>> alerts) {
      long at = fired.transition().at();
      if (newest != null && newest.state.isOpen()) {
        return touch(newest, alerts);
      }
      Long end = newest == null ? null : newest.resolvedAt;
      if (newest != null && end != null && at - end < Incidents.REOPEN.toMillis()) {
        newest.reopen(at);
        changes.event(newest, at, "reopened", "");
        return opened(touch(newest, alerts), at);
      }
      IncidentRow row =
          new IncidentRow(
              Secret.random("", Incidents.ID_BITS).text(), fired.key(), Map.copyOf(fired.group()));
      row.openedAt = at;
      row.subject =
          fired.group().getOrDefault(Label.INSTANCE, String.join(", ", fired.group().values()));
      return opened(touch(row, alerts), at);
    }

    private Touched opened(Touched touched, long at) {
      touched.row.turn(at);
      touched.opened = true;
      return touched;
    }

    private Touched touch(IncidentRow row, Map<String, List<Incident.Alert>> alerts) {
      Touched known = byId.get(row.id);
      if (known != null) {
        return known;
      }
      Touched touched = new Touched(row);
      for (Incident.Alert alert : alerts.getOrDefault(row.id, List.of())) {
        touched.alerts.put(new AlertId(alert.ruleId(), alert.fingerprint()), alert);
      }
      byId.put(row.id, touched);
      changes.keep(row);
      return touched;
    }
  }

  private void conclude(IncidentChanges changes, Touched one, QuietReasons.Moment moment) {
    IncidentRow row = one.row;
    changes.keep(row);
    List<Incident.Alert> alerts = one.inOrder();
    List<Incident.Alert> firing = alerts.stream().filter(Incident.Alert::firing).toList();
    if (firing.isEmpty()) {
      if (row.state.isOpen()) {
        row.state = State.RESOLVED;
        row.resolvedAt = one.at;
        row.turn(one.at);
        changes.event(row, one.at, "resolved", "");
        row.untoldChange = false;
        if (row.toldAt > 0) {
          announcements.tellUnlessFlapping(
              changes, row, alerts, Notice.Kind.RESOLVED, one.at, one.eventAt);
        }
        row.suppressedBy = null;
      }
      return;
    }
    String before = row.severity;
    describe(row, firing);
    if (one.opened) {
      row.toldAt = row.toldAt > 0 && row.isFlapping(one.at) ? row.toldAt : 0;
      moment.suppress(changes, row, firing);
      if (row.suppressedBy == null) {
        announcements.tellUnlessFlapping(
            changes, row, alerts, Notice.Kind.FIRED, one.at, one.eventAt);
      }
    } else if (one.joined
        && Incident.rank(row.severity) > Incident.rank(before)
        && row.suppressedBy == null
        && row.toldAt > 0) {
      announcements.tell(changes, row, alerts, Notice.Kind.CHANGED, one.eventAt);
    } else {
      row.untoldChange |= one.joined;
    }
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
