package io.evenkeel.hub.incident;

import io.evenkeel.hub.alert.Transition;
import io.evenkeel.hub.alert.TransitionSink;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.incident.Incident.State;
import io.evenkeel.hub.notify.ChannelSettings;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.OutboxRow;
import io.evenkeel.hub.notify.ToldChannel;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.hub.security.Secret;
import io.evenkeel.model.Text;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Turns changes of alerts into incidents, and incidents into messages.
///
/// Everything that follows from a change, messages included, is written in the change's own
/// transaction ([AlertIntake]). What follows from time alone is done by a sweep ([IncidentSweep]);
/// what people do with incidents is here. Safe for use by many threads: all changes run on the
/// database's writer.
public final class Incidents implements TransitionSink, AutoCloseable {
  /// What is over and begins again within this time is the same incident.
  static final Duration REOPEN = Duration.ofMinutes(30);

  private static final Duration STATISTICS = Duration.ofDays(30);
  private static final int LONGEST_COMMENT = 2_000;
  static final int ID_BITS = 96;

  /// Who did what the hub did by itself.
  static final String HUB = "evenkeel";

  private final Database database;
  private final IncidentStore store = new IncidentStore();
  private final AuditStore audit;
  private final Notifications notifications;
  private final InstantSource clock;
  private final CurrentRouting routing;
  private final QuietReasons quiet;
  private final Announcements announcements;
  private final AlertIntake intake;
  private final IncidentSweep sweep;

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
  /// @param hostsInDoubt whether the reports of a host with a name are overdue, so that it may be
  ///   down
  /// @param completing adds what is known of an alert's host to its labels, for routes and silences
  public Incidents(
      Database database,
      AuditStore audit,
      Notifications notifications,
      String url,
      Predicate<String> hostsInDoubt,
      UnaryOperator<Map<String, String>> completing,
      InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.notifications = notifications;
    this.clock = clock;
    this.routing = new CurrentRouting(database);
    this.quiet = new QuietReasons(store, routing, hostsInDoubt);
    this.announcements = new Announcements(routing, url, clock);
    this.intake = new AlertIntake(store, routing, quiet, announcements, notifications, completing);
    this.sweep =
        new IncidentSweep(database, store, routing, quiet, announcements, notifications, clock);
  }

  /// Begins to look after incidents as time goes by.
  public void start() {
    sweep.start();
  }

  @Override
  public void accept(Transaction transaction, List<Transition> transitions) {
    intake.accept(transaction, transitions);
  }

  @Override
  public void committed() {
    notifications.wake();
  }

  /// Does what is due.
  void sweep() {
    sweep.sweep();
  }

  /// Incidents by filters, newest first.
  ///
  /// @param states empty for all
  /// @param words in the title or the subject
  public List<Line> search(
      List<State> states, String severity, String words, long from, long to, int limit) {
    long now = clock.millis();
    return database.read(transaction -> {
      List<Line> lines = new ArrayList<>();
      List<ToldChannel> channels = notifications.channels().told(transaction);
      List<IncidentRow> rows =
          store.search(
              transaction, new IncidentStore.Filter(states, severity, words, from, to, limit));
      Map<String, List<Incident.Alert>> alertsOf =
          store.alerts(transaction, rows.stream().map(row -> row.id).toList());
      for (IncidentRow row : rows) {
        List<Incident.Alert> alerts = alertsOf.getOrDefault(row.id, List.of());
        lines.add(
            new Line(
                row.view(now),
                (int) alerts.stream().filter(Incident.Alert::firing).count(),
                alerts.isEmpty() ? null : alerts.getFirst(),
                announcements.names(channels, alerts, row.escalated)));
      }
      return lines;
    });
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
                  announcements.names(
                      notifications.channels().told(transaction), alerts, row.escalated),
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
    /// Changes the incident and answers the timeline's words, or refuses.
    Outcome<String> on(IncidentRow row, long now);
  }

  private Outcome<Incident> act(String id, String kind, String actor, Act act) {
    long now = clock.millis();
    return database.write(transaction -> {
      Optional<IncidentRow> found = store.find(transaction, id);
      if (found.isEmpty()) {
        return Outcome.refused(
            Reason.NOT_FOUND,
            Text.of("There is no incident with the id '" + id + "'.", "没有 ID 为“" + id + "”的事件。"));
      }
      IncidentRow row = found.get();
      return act.on(row, now)
          .map(detail -> {
            store.addEvents(
                transaction,
                List.of(
                    new IncidentStore.EventOf(id, new Incident.Event(now, kind, actor, detail))));
            store.save(transaction, List.of(row));
            audit.append(transaction, actor, "incident." + kind, row.title, detail);
            return row.view(now);
          });
    });
  }

  /// Says that somebody takes care of it; nobody else is told again until `minutes` have passed.
  ///
  /// @param minutes 0 for without an end
  public Outcome<Incident> acknowledge(String id, int minutes, String actor) {
    if (minutes < 0 || minutes > 7 * 24 * 60) {
      return Outcome.invalid(
          "minutes",
          Text.of("An acknowledgement lasts up to 7 days, or 0 for no end.", "确认最长持续 7 天；0 表示不限。"));
    }
    return act(
        id,
        "acknowledged",
        actor,
        (row, now) -> {
          if (!row.state.isOpen()) {
            return Outcome.refused(Reason.CONFLICT, Text.of("The incident is over.", "该事件已结束。"));
          }
          row.state = State.ACKNOWLEDGED;
          row.acknowledgedAt = row.acknowledgedAt == null ? now : row.acknowledgedAt;
          row.acknowledgedBy = actor;
          row.acknowledgedUntil = minutes == 0 ? null : now + minutes * 60_000L;
          return Outcome.done(minutes == 0 ? "" : minutes + " min");
        });
  }

  /// Hands it to somebody; an empty name takes it back.
  public Outcome<Incident> assign(String id, String to, String actor) {
    if (to.length() > 100 || to.chars().anyMatch(Character::isISOControl)) {
      return Outcome.invalid(
          "assignee", Text.of("A name has up to 100 characters.", "名称最多 100 个字符。"));
    }
    return act(
        id,
        "assigned",
        actor,
        (row, now) -> {
          row.assignee = to.isBlank() ? null : to.strip();
          return Outcome.done(to.strip());
        });
  }

  public Outcome<Incident> comment(String id, String text, String actor) {
    if (text.isBlank() || text.length() > LONGEST_COMMENT) {
      return Outcome.invalid(
          "text",
          Text.of(
              "A comment has 1 to " + LONGEST_COMMENT + " characters.",
              "评论有 1 至 " + LONGEST_COMMENT + " 个字符。"));
    }
    return act(id, "commented", actor, (row, now) -> Outcome.done(text.strip()));
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

  /// Tells of a host's labels whether planned work is done on it now. A window that names anything
  /// else than `hostLabels` is about some of the host's alerts and no such work.
  public Predicate<Map<String, String>> maintenanceNow(Set<String> hostLabels) {
    List<Silence> windows =
        silences().stream()
            .filter(one ->
                one.maintenance()
                    && holdsNow(one)
                    && !one.matchers().isEmpty()
                    && one.matchers().stream().allMatch(m -> hostLabels.contains(m.name())))
            .toList();
    return labels ->
        windows.stream().anyMatch(window -> LabelMatcher.all(window.matchers(), labels));
  }

  public Outcome<Silence> silence(
      List<LabelMatcher> matchers,
      Schedule schedule,
      boolean maintenance,
      String comment,
      String actor) {
    if (matchers.isEmpty()) {
      return Outcome.invalid(
          "matchers", Text.of("Without a matcher everything would be silent.", "没有匹配条件会使一切静默。"));
    }
    Text wrong = LabelMatcher.problemWith(matchers);
    if (!wrong.saysNothing()) {
      return Outcome.invalid("matchers", wrong);
    }
    if (!schedule.problem().saysNothing()) {
      return Outcome.invalid("schedule", schedule.problem());
    }
    if (comment.isBlank() || comment.length() > LONGEST_COMMENT) {
      return Outcome.invalid(
          "comment",
          Text.of(
              "Say why, in up to " + LONGEST_COMMENT + " characters.",
              "请说明原因，最多 " + LONGEST_COMMENT + " 个字符。"));
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
        return Outcome.refused(
            Reason.NOT_FOUND,
            Text.of("There is no silence with the id '" + id + "'.", "没有 ID 为“" + id + "”的静默。"));
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
    return routing.now();
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
              quiet.at(transaction, wanted, List.of(), clock.millis()).reason(List.of(labels))));
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
      routing.change(transaction, wanted);
      audit.append(transaction, actor, "routing.change", "routing", "");
      return Outcome.done(wanted);
    });
  }

  @Override
  public void close() {
    sweep.close();
  }
}
