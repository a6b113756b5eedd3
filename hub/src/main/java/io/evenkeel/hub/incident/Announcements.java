package io.evenkeel.hub.incident;

import io.evenkeel.hub.notify.ToldChannel;
import io.evenkeel.hub.notify.channel.Notice;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Says what is told of an incident, and to whom.
final class Announcements {
  /// While an incident comes and goes, people are told this often.
  private static final Duration DIGEST = Duration.ofMinutes(15);

  private static final int MOST_IN_NOTICE = 20;

  private final CurrentRouting routing;
  private final String url;
  private final InstantSource clock;

  /// @param url the address of the pages; empty when it is not known
  Announcements(CurrentRouting routing, String url, InstantSource clock) {
    this.routing = routing;
    this.url = url;
    this.clock = clock;
  }

  /// The channels that alerts lead to, and those of the steps of the escalation that were taken:
  /// whoever was told of an incident is told how it goes on.
  private Set<String> routed(List<Incident.Alert> alerts, int escalated) {
    Set<String> ids = new LinkedHashSet<>();
    for (Incident.Alert alert : alerts) {
      Routing.Route route = routing.now().of(alert.labels());
      ids.addAll(route.channels());
      route.escalation().stream().limit(escalated).forEach(step -> ids.addAll(step.channels()));
    }
    return ids;
  }

  private static Set<String> expand(List<ToldChannel> told, Collection<String> ids) {
    Set<String> all = new LinkedHashSet<>(ids);
    if (all.remove(Routing.EVERY_CHANNEL)) {
      told.forEach(channel -> all.add(channel.id()));
    }
    return all;
  }

  /// Tells of a change, or sums up while the incident comes and goes: once when that begins, then
  /// from time to time as long as there is something new.
  void tellUnlessFlapping(
      IncidentChanges changes,
      IncidentRow row,
      List<Incident.Alert> alerts,
      Notice.Kind kind,
      long at,
      long eventAt) {
    if (!row.isFlapping(at)) {
      tell(changes, row, alerts, kind, eventAt);
    } else if (isDigestDue(row, at)) {
      tell(changes, row, alerts, Notice.Kind.DIGEST, eventAt);
    } else {
      row.untoldChange = true;
    }
  }

  /// Whether an incident that comes and goes may be summed up again.
  static boolean isDigestDue(IncidentRow row, long now) {
    return now - row.digestAt >= DIGEST.toMillis();
  }

  /// Tells the channels that an incident's alerts are routed to.
  void tell(
      IncidentChanges changes,
      IncidentRow row,
      List<Incident.Alert> alerts,
      Notice.Kind kind,
      long eventAt) {
    tell(changes, row, alerts, kind, eventAt, routed(alerts, row.escalated));
  }

  /// Puts a message about an incident in the outbox for each recipient.
  ///
  /// @param channelIds ids, or [Routing#EVERY_CHANNEL]
  void tell(
      IncidentChanges changes,
      IncidentRow row,
      List<Incident.Alert> alerts,
      Notice.Kind kind,
      long eventAt,
      Collection<String> channelIds) {
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
    int messages = changes.message(notice, expand(changes.told(), channelIds), eventAt);
    row.toldAt = clock.millis();
    if (kind == Notice.Kind.DIGEST) {
      row.digestAt = row.toldAt;
    }
    changes.event(row, row.toldAt, "told", kind.name().toLowerCase(Locale.ROOT) + ": " + messages);
  }

  /// The names of the channels that are told of some alerts.
  ///
  /// @param escalated how many steps of the escalation were taken
  List<String> names(List<ToldChannel> channels, List<Incident.Alert> alerts, int escalated) {
    Set<String> ids = routed(alerts, escalated);
    return channels.stream()
        .filter(channel -> ids.contains(Routing.EVERY_CHANNEL) || ids.contains(channel.id()))
        .map(ToldChannel::name)
        .toList();
  }
}
