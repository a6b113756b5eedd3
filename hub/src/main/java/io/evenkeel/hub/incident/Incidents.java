package io.evenkeel.hub.incident;

import io.evenkeel.hub.alert.AlertEngine;
import io.evenkeel.hub.alert.AlertState;
import io.evenkeel.hub.alert.Transition;
import io.evenkeel.hub.alert.TransitionSink;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.incident.Incident.State;
import io.evenkeel.hub.notify.ChannelSettings;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.OutboxRow;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.hub.security.Secret;
import io.evenkeel.hub.settings.SettingStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Turns changes of alerts into incidents, and incidents into messages.
///
/// Everything that follows from a change, messages included, is written in the change's own
/// transaction. What follows from time alone (escalation, repetition, an end of a silence) is done
/// by a sweep every two seconds. Safe for use by many threads: all changes run on the database's
/// writer.
public final class Incidents implements TransitionSink, AutoCloseable {
  /// What is over and begins again within this time is the same incident.
  static final Duration REOPEN = Duration.ofMinutes(30);

  /// How long to gather changes of an open incident before they are told.
  static final Duration GATHER = Duration.ofMinutes(5);

  /// While an incident comes and goes, people are told this often.
  static final Duration DIGEST = Duration.ofMinutes(15);

  private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROUTING = "incident.routing";
  private static final Duration SWEEP = Duration.ofSeconds(2);
  private static final Duration STATISTICS = Duration.ofDays(30);
  private static final int MOST_IN_NOTICE = 20;
  private static final int LONGEST_COMMENT = 2_000;
  private static final int ID_BITS = 96;
  private static final String HUB = "evenkeel";

  private final Database database;
  private final IncidentStore store = new IncidentStore();
  private final SettingStore settings = new SettingStore();
  private final AuditStore audit;
  private final Notifications notifications;
  private final String url;
  private final InstantSource clock;
  private final Thread sweeper;
  private volatile Routing routing;
  private volatile boolean closed;

  /// An incident with everything about it.
  ///
  /// @param willTell the names of the channels that are told of its changes
  /// @param messages what has become of its messages
  public record Detail(
      Incident incident,
      List<Incident.Alert> alerts,
      List<Incident.Event> events,
      List<String> willTell,
      List<OutboxRow> messages) {}

  /// An incident in a list.
  ///
  /// @param firing how many of its alerts fire
  /// @param first the most important of its alerts, or null
  public record Line(
      Incident incident, int firing, Incident.@Nullable Alert first, List<String> willTell) {}

  /// Figures of the last 30 days; missing without incidents.
  public record Statistics(
      @Nullable Double meanToAcknowledgeMillis, @Nullable Double meanToResolveMillis) {}

  /// How much a rule said: each alert counts once in each incident.
  ///
  /// @param acknowledged in how many of them somebody said to take care
  /// @param ignored how many ended without that
  public record Noise(String ruleId, int fired, int acknowledged, int ignored) {}

  /// Where an alert would go.
  ///
  /// @param channels ids, or [Routing#EVERY_CHANNEL]
  /// @param quiet why nobody would be told now; null when people would be
  public record Destination(
      List<String> channels,
      List<String> groupBy,
      int repeatSeconds,
      List<Routing.Step> escalation,
      @Nullable String quiet) {}

  /// @param url the address of the pages; empty when it is not known
  public Incidents(
      Database database,
      AuditStore audit,
      Notifications notifications,
      String url,
      InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.notifications = notifications;
    this.url = url;
    this.clock = clock;
    this.routing =
        database
            .read(transaction -> settings.find(transaction, ROUTING))
            .map(json -> JSON.readValue(json, Routing.class))
            .orElse(Routing.DEFAULT);
    this.sweeper = Thread.ofVirtual().name("incident-sweeper").unstarted(this::sweepOn);
  }

  /// Begins to look after incidents as time goes by.
  public void start() {
    sweeper.start();
  }

  // --- what alerts do
  // -----------------------------------------------------------------------------

  @Override
  public void accept(Transaction transaction, List<Transition> transitions) {
    Map<String, Touched> touched = new LinkedHashMap<>();
    for (Transition transition : transitions) {
      if (transition.state().labels().valueOrEmpty("severity").equals("none")) {
        // A heartbeat such as Watchdog is no incident.
        continue;
      }
      switch (transition.kind()) {
        case FIRED -> fired(transaction, transition, touched);
        case RESOLVED -> resolved(transaction, transition, touched);
      }
    }
    touched.values().forEach(one -> conclude(transaction, one));
  }

  @Override
  public void committed() {
    notifications.wake();
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

  private void fired(Transaction transaction, Transition transition, Map<String, Touched> touched) {
    AlertState state = transition.state();
    Map<String, String> labels = state.labels().toMap();
    Map<String, String> group = new TreeMap<>();
    for (String name : routing.of(labels).groupBy()) {
      if (labels.containsKey(name)) {
        group.put(name, labels.get(name));
      }
    }
    if (group.isEmpty()) {
      group.put("alertname", transition.rule().name());
    }
    String key = group.toString();
    Touched one =
        touched.values().stream()
            .filter(known -> known.row.groupKey.equals(key))
            .findFirst()
            .orElseGet(() -> open(transaction, key, group, transition.at()));
    touched.put(one.row.id, one);
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
        HUB,
        transition.rule().name());
  }

  private Touched open(Transaction transaction, String key, Map<String, String> group, long at) {
    Optional<IncidentRow> newest = store.newest(transaction, key);
    if (newest.isPresent()) {
      IncidentRow row = newest.get();
      if (row.state.isOpen()) {
        return new Touched(row);
      }
      Long end = row.resolvedAt;
      if (row.state == State.RESOLVED && end != null && at - end < REOPEN.toMillis()) {
        row.state = State.OPEN;
        row.resolvedAt = null;
        row.acknowledgedAt = null;
        row.acknowledgedBy = null;
        row.acknowledgedUntil = null;
        row.escalated = 0;
        store.event(transaction, row.id, at, "reopened", HUB, "");
        return opened(row, at);
      }
    }
    IncidentRow row = new IncidentRow(Secret.random("", ID_BITS).text(), key, Map.copyOf(group));
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
    store.event(transaction, id.get(), transition.at(), "left", HUB, transition.rule().name());
  }

  private void conclude(Transaction transaction, Touched one) {
    IncidentRow row = one.row;
    List<Incident.Alert> alerts = store.alerts(transaction, row.id);
    List<Incident.Alert> firing = alerts.stream().filter(Incident.Alert::firing).toList();
    if (firing.isEmpty()) {
      if (row.state.isOpen()) {
        row.state = State.RESOLVED;
        row.resolvedAt = one.at;
        row.turn(one.at);
        store.event(transaction, row.id, one.at, "resolved", HUB, "");
        if (row.toldAt > 0) {
          tellUnlessFlapping(transaction, row, alerts, Notice.Kind.RESOLVED, one);
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
      suppress(transaction, row, firing, one.at);
      if (row.suppressedBy == null) {
        tellUnlessFlapping(transaction, row, alerts, Notice.Kind.FIRED, one);
      }
    } else if (one.joined
        && Incident.rank(row.severity) > Incident.rank(before)
        && row.suppressedBy == null
        && row.toldAt > 0) {
      tell(transaction, row, alerts, Notice.Kind.CHANGED, one.eventAt, channels(transaction, row));
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

  // --- who is told
  // --------------------------------------------------------------------------------

  private void suppress(
      Transaction transaction, IncidentRow row, List<Incident.Alert> firing, long now) {
    String reason = quietReason(transaction, firing, now);
    if (reason != null && !reason.equals(row.suppressedBy)) {
      store.event(transaction, row.id, now, "suppressed", HUB, reason);
    }
    row.suppressedBy = reason;
  }

  /// Why nobody is told of alerts: null as soon as there is no reason for one of them.
  private @Nullable String quietReason(
      Transaction transaction, List<Incident.Alert> firing, long now) {
    return quietReason(
        transaction, routing, firing.stream().map(Incident.Alert::labels).toList(), now);
  }

  private @Nullable String quietReason(
      Transaction transaction, Routing by, List<Map<String, String>> alerts, long now) {
    List<Silence> silences =
        store.silences(transaction).stream()
            .filter(silence -> silence.schedule().holdsAt(now))
            .toList();
    List<Map<String, String>> all =
        by.inhibitions().isEmpty() ? List.of() : store.firingLabels(transaction);
    String reason = null;
    for (Map<String, String> labels : alerts) {
      Optional<Silence> silence =
          silences.stream().filter(one -> LabelMatcher.all(one.matchers(), labels)).findFirst();
      if (silence.isPresent()) {
        reason = silence.get().word();
      } else if (by.isMuted(by.of(labels), now)) {
        reason = "mute time";
      } else if (by.isInhibited(labels, all)) {
        reason = "inhibition";
      } else {
        return null;
      }
    }
    return reason;
  }

  private Set<String> channels(Transaction transaction, IncidentRow row) {
    Set<String> ids = new LinkedHashSet<>();
    for (Incident.Alert alert : store.alerts(transaction, row.id)) {
      ids.addAll(routing.of(alert.labels()).channels());
    }
    return expand(transaction, ids);
  }

  private Set<String> expand(Transaction transaction, Collection<String> ids) {
    Set<String> all = new LinkedHashSet<>(ids);
    if (all.remove(Routing.EVERY_CHANNEL)) {
      notifications.channels().all(transaction).forEach(channel -> all.add(channel.id()));
    }
    return all;
  }

  private void tellUnlessFlapping(
      Transaction transaction,
      IncidentRow row,
      List<Incident.Alert> alerts,
      Notice.Kind kind,
      Touched one) {
    if (!row.isFlapping(one.at)) {
      tell(transaction, row, alerts, kind, one.eventAt, channels(transaction, row));
    } else if (one.at - row.toldAt >= DIGEST.toMillis()) {
      tell(transaction, row, alerts, Notice.Kind.DIGEST, one.eventAt, channels(transaction, row));
    }
  }

  private void tell(
      Transaction transaction,
      IncidentRow row,
      List<Incident.Alert> alerts,
      Notice.Kind kind,
      long eventAt,
      Set<String> channelIds) {
    row.sequence++;
    row.untoldChange = false;
    List<Notice.Item> items =
        alerts.stream()
            .sorted(
                Comparator.comparing((Incident.Alert alert) -> !alert.firing())
                    .thenComparing(alert -> -Incident.rank(alert.severity())))
            .limit(MOST_IN_NOTICE)
            .map(alert ->
                new Notice.Item(
                    alert.firing(),
                    alert.labels(),
                    alert.annotations(),
                    alert.value(),
                    alert.condition(),
                    alert.startsAt(),
                    alert.endsAt(),
                    alert.fingerprint(),
                    ""))
            .toList();
    Notice notice =
        new Notice(
            kind,
            row.id,
            row.sequence,
            row.severity,
            row.title,
            row.subject,
            row.labels,
            items,
            alerts.size() - items.size(),
            row.openedAt,
            row.resolvedAt,
            url.isEmpty() ? "" : url + "/alerts/incidents/" + row.id,
            row.groupKey,
            null);
    int messages = notifications.outbox().add(transaction, notice, channelIds, eventAt);
    row.toldAt = clock.millis();
    store.event(
        transaction,
        row.id,
        clock.millis(),
        "told",
        HUB,
        kind.name().toLowerCase(Locale.ROOT) + ": " + messages);
  }

  // --- what time does
  // -----------------------------------------------------------------------------

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
    boolean work =
        database.read(transaction ->
            store.inStates(transaction, State.OPEN, State.ACKNOWLEDGED, State.RESOLVED).stream()
                .anyMatch(row -> isDue(transaction, row, now)));
    if (work) {
      database.change(transaction ->
          store
              .inStates(transaction, State.OPEN, State.ACKNOWLEDGED, State.RESOLVED)
              .forEach(row -> advance(transaction, row, now)));
      notifications.wake();
    }
  }

  private boolean isDue(Transaction transaction, IncidentRow row, long now) {
    Long end = row.resolvedAt;
    if (row.state == State.RESOLVED) {
      return end != null && now - end >= REOPEN.toMillis();
    }
    Long until = row.acknowledgedUntil;
    if (until != null && until <= now) {
      return true;
    }
    if (row.untoldChange && now - row.toldAt >= GATHER.toMillis()) {
      return true;
    }
    List<Incident.Alert> firing = firing(transaction, row);
    if (firing.isEmpty()) {
      return false;
    }
    String reason = quietReason(transaction, firing, now);
    if (reason == null ? row.suppressedBy != null : row.suppressedBy == null) {
      return true;
    }
    Routing.Route route = routing.of(firing.getFirst().labels());
    return reason == null
        && row.state == State.OPEN
        && (nextStep(row, route, now) || repeats(row, route, now));
  }

  private List<Incident.Alert> firing(Transaction transaction, IncidentRow row) {
    return store.alerts(transaction, row.id).stream().filter(Incident.Alert::firing).toList();
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

  private void advance(Transaction transaction, IncidentRow row, long now) {
    Long end = row.resolvedAt;
    if (row.state == State.RESOLVED) {
      if (end != null && now - end >= REOPEN.toMillis()) {
        row.state = State.CLOSED;
        store.event(transaction, row.id, now, "closed", HUB, "");
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
      store.event(transaction, row.id, now, "unacknowledged", HUB, "");
    }
    boolean wasQuiet = row.suppressedBy != null;
    suppress(transaction, row, firing, now);
    if (row.suppressedBy == null) {
      Routing.Route route = routing.of(firing.getFirst().labels());
      Set<String> channelIds = channels(transaction, row);
      if (wasQuiet && row.toldAt == 0) {
        tell(transaction, row, alerts, Notice.Kind.FIRED, now, channelIds);
      } else if (row.state == State.OPEN && nextStep(row, route, now)) {
        Set<String> more = expand(transaction, route.escalation().get(row.escalated).channels());
        row.escalated++;
        store.event(transaction, row.id, now, "escalated", HUB, Integer.toString(row.escalated));
        tell(transaction, row, alerts, Notice.Kind.ESCALATED, now, more);
      } else if (row.untoldChange && now - row.toldAt >= GATHER.toMillis()) {
        tell(transaction, row, alerts, Notice.Kind.CHANGED, now, channelIds);
      } else if (row.state == State.OPEN && repeats(row, route, now)) {
        tell(transaction, row, alerts, Notice.Kind.REMINDER, now, channelIds);
      }
    }
    store.save(transaction, row);
  }

  // --- what people do
  // -----------------------------------------------------------------------------

  /// Incidents by filters, newest first.
  ///
  /// @param states empty for all
  /// @param words in the title or the subject
  public List<Line> search(
      List<State> states, String severity, String words, long from, long to, int limit) {
    long now = clock.millis();
    return database.read(transaction -> {
      List<Line> lines = new ArrayList<>();
      for (IncidentRow row :
          store.search(
              transaction, new IncidentStore.Filter(states, severity, words, from, to, limit))) {
        List<Incident.Alert> alerts = store.alerts(transaction, row.id);
        lines.add(
            new Line(
                row.view(now),
                (int) alerts.stream().filter(Incident.Alert::firing).count(),
                alerts.isEmpty() ? null : alerts.getFirst(),
                names(transaction, alerts)));
      }
      return lines;
    });
  }

  private List<String> names(Transaction transaction, List<Incident.Alert> alerts) {
    Set<String> ids = new LinkedHashSet<>();
    alerts.forEach(alert -> ids.addAll(routing.of(alert.labels()).channels()));
    Set<String> all = expand(transaction, ids);
    return notifications.channels().all(transaction).stream()
        .filter(channel -> channel.enabled() && all.contains(channel.id()))
        .map(ChannelSettings::name)
        .toList();
  }

  /// One incident with everything about it.
  public Optional<Detail> find(String id) {
    long now = clock.millis();
    return database.read(transaction ->
        store
            .find(transaction, id)
            .map(row -> {
              List<Incident.Alert> alerts = store.alerts(transaction, id);
              return new Detail(
                  row.view(now),
                  alerts,
                  store.events(transaction, id),
                  names(transaction, alerts),
                  notifications.ofIncident(transaction, id));
            }));
  }

  public Statistics statistics() {
    long since = clock.millis() - STATISTICS.toMillis();
    return database.read(transaction ->
        new Statistics(
            store.meanToAcknowledge(transaction, since), store.meanToResolve(transaction, since)));
  }

  private interface Act {
    /// Changes the incident and answers the timeline's words, or refuses with a message behind `!`.
    String on(IncidentRow row, long now);
  }

  private Outcome<Incident> act(String id, String kind, String actor, Act act) {
    long now = clock.millis();
    return database.write(transaction -> {
      Optional<IncidentRow> found = store.find(transaction, id);
      if (found.isEmpty()) {
        return Outcome.refused(Reason.NOT_FOUND, "There is no incident with the id '" + id + "'.");
      }
      IncidentRow row = found.get();
      String detail = act.on(row, now);
      if (detail.startsWith("!")) {
        return Outcome.refused(Reason.CONFLICT, detail.substring(1));
      }
      store.event(transaction, id, now, kind, actor, detail);
      store.save(transaction, row);
      audit.append(transaction, actor, "incident." + kind, row.title, detail);
      return Outcome.done(row.view(now));
    });
  }

  /// Says that somebody takes care of it; nobody else is told again until `minutes` have passed.
  ///
  /// @param minutes 0 for without an end
  public Outcome<Incident> acknowledge(String id, int minutes, String actor) {
    if (minutes < 0 || minutes > 7 * 24 * 60) {
      return Outcome.invalid("minutes", "An acknowledgement lasts up to 7 days, or 0 for no end.");
    }
    return act(
        id,
        "acknowledged",
        actor,
        (row, now) -> {
          if (!row.state.isOpen()) {
            return "!The incident is over.";
          }
          row.state = State.ACKNOWLEDGED;
          row.acknowledgedAt = row.acknowledgedAt == null ? now : row.acknowledgedAt;
          row.acknowledgedBy = actor;
          row.acknowledgedUntil = minutes == 0 ? null : now + minutes * 60_000L;
          return minutes == 0 ? "" : minutes + " min";
        });
  }

  /// Hands it to somebody; an empty name takes it back.
  public Outcome<Incident> assign(String id, String to, String actor) {
    if (to.length() > 100 || to.chars().anyMatch(Character::isISOControl)) {
      return Outcome.invalid("assignee", "A name has up to 100 characters.");
    }
    return act(
        id,
        "assigned",
        actor,
        (row, now) -> {
          row.assignee = to.isBlank() ? null : to.strip();
          return to.strip();
        });
  }

  public Outcome<Incident> comment(String id, String text, String actor) {
    if (text.isBlank() || text.length() > LONGEST_COMMENT) {
      return Outcome.invalid("text", "A comment has 1 to " + LONGEST_COMMENT + " characters.");
    }
    return act(id, "commented", actor, (row, now) -> text.strip());
  }

  /// All silences and maintenance windows that are not over.
  public List<Silence> silences() {
    long now = clock.millis();
    return database.<List<Silence>>read(store::silences).stream()
        .filter(silence -> {
          Long end = silence.schedule().endsAt();
          return end == null || end > now;
        })
        .toList();
  }

  /// Whether a silence holds now.
  public boolean holdsNow(Silence silence) {
    return silence.schedule().holdsAt(clock.millis());
  }

  public Outcome<Silence> silence(
      List<LabelMatcher> matchers,
      Schedule schedule,
      boolean maintenance,
      String comment,
      String actor) {
    if (matchers.isEmpty()) {
      return Outcome.invalid("matchers", "Without a matcher everything would be silent.");
    }
    String wrong = LabelMatcher.problemWith(matchers);
    if (!wrong.isEmpty()) {
      return Outcome.invalid("matchers", wrong);
    }
    if (!schedule.problem().isEmpty()) {
      return Outcome.invalid("schedule", schedule.problem());
    }
    if (comment.isBlank() || comment.length() > LONGEST_COMMENT) {
      return Outcome.invalid("comment", "Say why, in up to " + LONGEST_COMMENT + " characters.");
    }
    Silence silence =
        new Silence(
            Secret.random("", ID_BITS).text(),
            matchers,
            schedule,
            maintenance,
            comment.strip(),
            actor,
            clock.millis());
    database.change(transaction -> {
      store.saveSilence(transaction, silence);
      audit.append(
          transaction,
          actor,
          silence.word() + ".create",
          matchers.stream()
              .map(one -> one.name() + one.operator() + one.value())
              .collect(Collectors.joining(", ")),
          silence.comment());
    });
    return Outcome.done(silence);
  }

  public Outcome<Boolean> endSilence(String id, String actor) {
    return database.write(transaction -> {
      if (!store.removeSilence(transaction, id)) {
        return Outcome.refused(Reason.NOT_FOUND, "There is no silence with the id '" + id + "'.");
      }
      audit.append(transaction, actor, "silence.end", id, "");
      return Outcome.done(true);
    });
  }

  /// How much each rule said in the last days.
  public List<Noise> noise(Duration last) {
    long since = clock.millis() - last.toMillis();
    return database.read(transaction -> store.noise(transaction, since));
  }

  public Routing routing() {
    return routing;
  }

  /// Where an alert with some labels would go now, by a routing that need not be kept yet.
  public Outcome<Destination> destination(Routing wanted, Map<String, String> labels) {
    return database.read(transaction -> {
      Optional<Routing.Problem> problem = wanted.problem(channelIds(transaction));
      if (problem.isPresent()) {
        return Outcome.invalid(problem.get().field(), problem.get().message());
      }
      Routing.Route route = wanted.of(labels);
      return Outcome.done(
          new Destination(
              route.channels(),
              route.groupBy(),
              route.repeatSeconds(),
              route.escalation(),
              quietReason(transaction, wanted, List.of(labels), clock.millis())));
    });
  }

  private Set<String> channelIds(Transaction transaction) {
    return notifications.channels().all(transaction).stream()
        .map(ChannelSettings::id)
        .collect(Collectors.toSet());
  }

  public Outcome<Routing> route(Routing wanted, String actor) {
    return database.write(transaction -> {
      Optional<Routing.Problem> problem = wanted.problem(channelIds(transaction));
      if (problem.isPresent()) {
        return Outcome.invalid(problem.get().field(), problem.get().message());
      }
      settings.put(transaction, ROUTING, JSON.writeValueAsString(wanted));
      audit.append(transaction, actor, "routing.change", "routing", "");
      routing = wanted;
      return Outcome.done(wanted);
    });
  }

  @Override
  public void close() {
    closed = true;
    sweeper.interrupt();
  }
}
