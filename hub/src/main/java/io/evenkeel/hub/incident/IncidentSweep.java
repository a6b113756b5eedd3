package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.incident.Incident.State;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.channel.Notice;
import java.time.Duration;
import java.time.InstantSource;
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
      database.change(transaction -> {
        QuietReasons.Moment moment = quiet.at(transaction, now);
        some.forEach(id ->
            store.find(transaction, id).ifPresent(row -> advance(transaction, row, moment, now)));
      });
      notifications.wake();
    }
  }

  private boolean isDue(
      IncidentRow row, List<Map<String, String>> firing, QuietReasons.Moment moment, long now) {
    Long end = row.resolvedAt;
    if (row.state == State.RESOLVED) {
      return end != null && now - end >= Incidents.REOPEN.toMillis();
    }
    Long until = row.acknowledgedUntil;
    if (until != null && until <= now) {
      return true;
    }
    if (row.untoldChange && now - row.toldAt >= GATHER.toMillis()) {
      return true;
    }
    if (firing.isEmpty()) {
      return false;
    }
    String reason = moment.reason(firing);
    if (reason == null ? row.suppressedBy != null : row.suppressedBy == null) {
      return true;
    }
    Routing.Route route = routing.now().of(firing.getFirst());
    return reason == null
        && row.state == State.OPEN
        && (nextStep(row, route, now) || repeats(row, route, now));
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

  private void advance(
      Transaction transaction, IncidentRow row, QuietReasons.Moment moment, long now) {
    Long end = row.resolvedAt;
    if (row.state == State.RESOLVED) {
      if (end != null && now - end >= Incidents.REOPEN.toMillis()) {
        row.state = State.CLOSED;
        store.event(transaction, row.id, now, "closed", Incidents.HUB, "");
        store.save(transaction, row);
      }
      return;
    }
    List<Incident.Alert> alerts = store.alerts(transaction, row.id);
    List<Incident.Alert> firing = alerts.stream().filter(Incident.Alert::firing).toList();
    if (firing.isEmpty()) {
      return;
    }
    Long until = row.acknowledgedUntil;
    if (until != null && until <= now) {
      row.state = State.OPEN;
      row.acknowledgedUntil = null;
      store.event(transaction, row.id, now, "unacknowledged", Incidents.HUB, "");
    }
    boolean wasQuiet = row.suppressedBy != null;
    moment.suppress(transaction, row, firing);
    if (row.suppressedBy == null) {
      Routing.Route route = routing.now().of(firing.getFirst().labels());
      Set<String> channelIds = announcements.channels(transaction, alerts);
      if (wasQuiet && row.toldAt == 0) {
        announcements.tell(transaction, row, alerts, Notice.Kind.FIRED, now, channelIds);
      } else if (row.state == State.OPEN && nextStep(row, route, now)) {
        Set<String> more =
            announcements.expand(transaction, route.escalation().get(row.escalated).channels());
        row.escalated++;
        store.event(
            transaction, row.id, now, "escalated", Incidents.HUB, Integer.toString(row.escalated));
        announcements.tell(transaction, row, alerts, Notice.Kind.ESCALATED, now, more);
      } else if (row.untoldChange && now - row.toldAt >= GATHER.toMillis()) {
        announcements.tell(transaction, row, alerts, Notice.Kind.CHANGED, now, channelIds);
      } else if (row.state == State.OPEN && repeats(row, route, now)) {
        announcements.tell(transaction, row, alerts, Notice.Kind.REMINDER, now, channelIds);
      }
    }
    store.save(transaction, row);
  }

  @Override
  public void close() {
    closed = true;
    sweeper.interrupt();
  }
}
