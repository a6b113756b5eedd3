package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.notify.Notifications;
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

  private final IncidentStore store;
  private final CurrentRouting routing;
  private final Notifications notifications;
  private final String url;
  private final InstantSource clock;

  /// @param url the address of the pages; empty when it is not known
  Announcements(
      IncidentStore store,
      CurrentRouting routing,
      Notifications notifications,
      String url,
      InstantSource clock) {
    this.store = store;
    this.routing = routing;
    this.notifications = notifications;
    this.url = url;
    this.clock = clock;
  }

  /// The channels that are told of an incident with some alerts.
  Set<String> channels(Transaction transaction, List<Incident.Alert> alerts) {
    return expand(transaction, routed(alerts));
  }

  private Set<String> routed(List<Incident.Alert> alerts) {
    Set<String> ids = new LinkedHashSet<>();
    alerts.forEach(alert -> ids.addAll(routing.now().of(alert.labels()).channels()));
    return ids;
  }

  Set<String> expand(Transaction transaction, Collection<String> ids) {
    Set<String> all = new LinkedHashSet<>(ids);
    if (all.remove(Routing.EVERY_CHANNEL)) {
      notifications.channels().told(transaction).forEach(channel -> all.add(channel.id()));
    }
    return all;
  }

  /// Tells of a change, or sums up while the incident comes and goes.
  void tellUnlessFlapping(
      Transaction transaction,
      IncidentRow row,
      List<Incident.Alert> alerts,
      Notice.Kind kind,
      long at,
      long eventAt) {
    if (!row.isFlapping(at)) {
      tell(transaction, row, alerts, kind, eventAt, channels(transaction, alerts));
    } else if (at - row.toldAt >= DIGEST.toMillis()) {
      tell(transaction, row, alerts, Notice.Kind.DIGEST, eventAt, channels(transaction, alerts));
    }
  }

  /// Puts a message about an incident in the outbox for each recipient.
  void tell(
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
        Incidents.HUB,
        kind.name().toLowerCase(Locale.ROOT) + ": " + messages);
  }

  /// The names of the channels that are told of some alerts.
  List<String> names(Transaction transaction, List<Incident.Alert> alerts) {
    return names(notifications.channels().told(transaction), alerts);
  }

  /// The same when the channels are at hand.
  List<String> names(List<ToldChannel> channels, List<Incident.Alert> alerts) {
    Set<String> ids = routed(alerts);
    return channels.stream()
        .filter(channel -> ids.contains(Routing.EVERY_CHANNEL) || ids.contains(channel.id()))
        .map(ToldChannel::name)
        .toList();
  }
}
