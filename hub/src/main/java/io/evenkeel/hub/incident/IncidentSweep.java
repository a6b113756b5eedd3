package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.incident.Incident.State;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.model.Label;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does every two seconds what follows from time alone: escalation, repetition, the end of a
/// silence or of an acknowledgement.
final class IncidentSweep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IncidentSweep.class);
  private static final Duration SWEEP = Duration.ofSeconds(2);

  /// How long to gather changes of an open incident before they are told.
  private static final Duration GATHER = Duration.ofMinutes(5);

  /// How many incidents a transaction takes a step: others wait for the database meanwhile.
  private static final int AT_ONCE = 500;

  private final Database database;
  private final IncidentStore store;
  private final CurrentRouting routing;
  private final QuietReasons quiet;
  private final Announcements announcements;
  private final Notifications notifications;
  private final InstantSource clock;
  private final Thread sweeper;
  private volatile boolean closed;

  IncidentSweep(
      Database database,
      IncidentStore store,
      CurrentRouting routing,
      QuietReasons quiet,
      Announcements announcements,
      Notifications notifications,
      InstantSource clock) {
    this.database = database;
    this.store = store;
    this.routing = routing;
    this.quiet = quiet;
    this.announcements = announcements;
    this.notifications = notifications;
    this.clock = clock;
    this.sweeper = Thread.ofVirtual().name("incident-sweeper").unstarted(this::sweepOn);
  }

  void start() {
    sweeper.start();
  }

  private void sweepOn() {
    while (!closed) {
      try {
        Thread.sleep(SWEEP);
        sweep();
      } catch (InterruptedException e) {
        return;
      } catch (DatabaseException e) {
        LOG.warn("Incidents cannot be looked after: {}", e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("Incidents could not be looked after", e);
      }
    }
  }

  /// Does what is due.
  void sweep() {
    long now = clock.millis();
    List<String> due =
        database.read(transaction -> {
          Firing firing = store.firing(transaction);
          QuietReasons.Moment moment = quiet.at(transaction, firing, now);
          return store
              .inStates(transaction, State.OPEN, State.ACKNOWLEDGED, State.RESOLVED)
              .stream()
              .filter(row -> isDue(row, firing.in(row.id), moment, now))
              .map(row -> row.id)
              .toList();
        });
    for (int from = 0; from < due.size(); from += AT_ONCE) {
      List<String> some = due.subList(from, Math.min(from + AT_ONCE, due.size()));
      database.change(transaction -> advance(transaction, some, now));
      notifications.wake();
    }
  }

  private boolean isDue(
      IncidentRow row, List<Map<String, String>> firing, QuietReasons.Moment moment, long now) {
    if (row.state == State.RESOLVED) {
      return isOver(row, now) || owesDigest(row, now);
    }
    Long until = row.acknowledgedUntil;
    if (until != null && until <= now) {
      return true;
    }
    if (firing.isEmpty()) {
      return false;
    }
    String reason = moment.reason(firing);
    if (reason == null ? row.suppressedBy != null : row.suppressedBy == null) {
      return true;
    }
    if (reason != null) {
      return false;
    }
    Routing.Route route = routing.now().of(firing.getFirst());
    return owesDigest(row, now)
        || owesChange(row, now)
        || row.state == State.OPEN && (nextStep(row, route, now) || repeats(row, route, now));
  }

  private static boolean isOver(IncidentRow row, long now) {
    Long end = row.resolvedAt;
    return end != null && now - end >= Incidents.REOPEN.toMillis();
  }

  /// Whether something new is to be summed up of what comes and goes.
  private static boolean owesDigest(IncidentRow row, long now) {
    return row.untoldChange && row.isFlapping(now) && Announcements.isDigestDue(row, now);
  }

  private static boolean owesChange(IncidentRow row, long now) {
    return row.untoldChange && !row.isFlapping(now) && now - row.toldAt >= GATHER.toMillis();
  }

  private static boolean nextStep(IncidentRow row, Routing.Route route, long now) {
    return row.escalated < route.escalation().size()
        && now - row.openedAt >= route.escalation().get(row.escalated).afterSeconds() * 1_000L;
  }

  private static boolean repeats(IncidentRow row, Routing.Route route, long now) {
    return row.toldAt > 0
        && route.repeatSeconds() > 0
        && now - row.toldAt >= route.repeatSeconds() * 1_000L;
  }

  private void advance(Transaction transaction, List<String> ids, long now) {
    IncidentChanges changes = new IncidentChanges(transaction, store, notifications);
    Map<String, List<Incident.Alert>> alertsOf = store.alerts(transaction, ids);
    Set<String> instances = new HashSet<>();
    alertsOf
        .values()
        .forEach(alerts ->
            alerts.forEach(
                alert -> instances.add(alert.labels().getOrDefault(Label.INSTANCE, ""))));
    QuietReasons.Moment moment = quiet.at(transaction, instances, now);
    for (IncidentRow row : store.find(transaction, ids).values()) {
      List<Incident.Alert> alerts = alertsOf.getOrDefault(row.id, List.of());
      if (row.state == State.RESOLVED) {
        advanceEnded(changes, row, alerts, moment, now);
      } else if (row.state.isOpen()) {
        advanceOpen(changes, row, alerts, moment, now);
      }
    }
    changes.write();
  }

  private void advanceEnded(
      IncidentChanges changes,
      IncidentRow row,
      List<Incident.Alert> alerts,
      QuietReasons.Moment moment,
      long now) {
    changes.keep(row);
    if (isOver(row, now)) {
      row.state = State.CLOSED;
      changes.event(row, now, "closed", "");
    } else if (moment.reason(alerts.stream().map(Incident.Alert::labels).toList()) == null) {
      announcements.tell(changes, row, alerts, Notice.Kind.DIGEST, now);
    } else {
      row.untoldChange = false;
    }
  }

  private void advanceOpen(
      IncidentChanges changes,
      IncidentRow row,
      List<Incident.Alert> alerts,
      QuietReasons.Moment moment,
      long now) {
    List<Incident.Alert> firing = alerts.stream().filter(Incident.Alert::firing).toList();
    if (firing.isEmpty()) {
      return;
    }
    changes.keep(row);
    Long until = row.acknowledgedUntil;
    if (until != null && until <= now) {
      row.state = State.OPEN;
      row.acknowledgedUntil = null;
      changes.event(row, now, "unacknowledged", "");
    }
    boolean wasQuiet = row.suppressedBy != null;
    moment.suppress(changes, row, firing);
    if (row.suppressedBy != null) {
      return;
    }
    Routing.Route route = routing.now().of(firing.getFirst().labels());
    if (wasQuiet && row.toldAt == 0) {
      announcements.tell(changes, row, alerts, Notice.Kind.FIRED, now);
    } else if (row.state == State.OPEN && nextStep(row, route, now)) {
      List<String> more = route.escalation().get(row.escalated).channels();
      row.escalated++;
      changes.event(row, now, "escalated", Integer.toString(row.escalated));
      announcements.tell(changes, row, alerts, Notice.Kind.ESCALATED, now, more);
    } else if (owesDigest(row, now)) {
      announcements.tell(changes, row, alerts, Notice.Kind.DIGEST, now);
    } else if (owesChange(row, now)) {
      announcements.tell(changes, row, alerts, Notice.Kind.CHANGED, now);
    } else if (row.state == State.OPEN && repeats(row, route, now)) {
      announcements.tell(changes, row, alerts, Notice.Kind.REMINDER, now);
    }
  }

  @Override
  public void close() {
    closed = true;
    sweeper.interrupt();
  }
}
