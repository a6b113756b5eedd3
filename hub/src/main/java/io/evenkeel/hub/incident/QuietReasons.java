package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.model.Label;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Why nobody is told of an incident: silences, maintenance, mute times, what inhibits what, and
/// hosts of which it is not known yet whether they are down.
final class QuietReasons {
  private final IncidentStore store;
  private final CurrentRouting routing;
  private final Predicate<String> hostsInDoubt;

  /// @param hostsInDoubt whether the reports of a host with a name are overdue, so that it may be
  ///   down
  QuietReasons(IncidentStore store, CurrentRouting routing, Predicate<String> hostsInDoubt) {
    this.store = store;
    this.routing = routing;
    this.hostsInDoubt = hostsInDoubt;
  }

  /// Notes on an incident whether people are to be told of it.
  void suppress(Transaction transaction, IncidentRow row, List<Incident.Alert> firing, long now) {
    String reason = of(transaction, firing, now);
    if (reason != null && !reason.equals(row.suppressedBy)) {
      store.event(transaction, row.id, now, "suppressed", Incidents.HUB, reason);
    }
    row.suppressedBy = reason;
  }

  /// Why nobody is told of alerts: null as soon as there is no reason for one of them.
  @Nullable String of(Transaction transaction, List<Incident.Alert> firing, long now) {
    return of(
        transaction, routing.now(), firing.stream().map(Incident.Alert::labels).toList(), now);
  }

  /// The same by a routing that need not be kept.
  @Nullable String of(
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
      } else if (waitsForHost(by, labels)) {
        reason = "dependency";
      } else {
        return null;
      }
    }
    return reason;
  }

  /// What is wrong on a host whose reports are overdue waits until the host is back, or an alert
  /// about the host itself fires and inhibits it.
  private boolean waitsForHost(Routing by, Map<String, String> labels) {
    String host = labels.get(Label.INSTANCE);
    return host != null && by.canBeInhibited(labels) && hostsInDoubt.test(host);
  }
}
