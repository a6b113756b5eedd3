package io.evenkeel.hub.incident;

import io.evenkeel.hub.db.Transaction;
import io.evenkeel.model.Label;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /// What keeps people quiet at a moment, by the routing that holds; for use in the transaction,
  /// after the alerts that fire then were written.
  ///
  /// @param instances those that will be asked about, as far as they are known: they are looked up
  ///   together
  Moment at(Transaction transaction, Collection<String> instances, long now) {
    return at(transaction, routing.now(), instances, now);
  }

  /// The same by a routing that need not be kept.
  Moment at(Transaction transaction, Routing by, Collection<String> instances, long now) {
    Map<String, List<Map<String, String>>> known =
        by.inhibitions().isEmpty() || instances.isEmpty()
            ? Map.of()
            : store.firingLabels(transaction, instances);
    Set<String> asked = Set.copyOf(instances);
    return new Moment(
        transaction,
        by,
        now,
        new Inhibitors(
            by,
            instance ->
                instance
                    .map(name ->
                        (asked.contains(name)
                                ? known
                                : store.firingLabels(transaction, List.of(name)))
                            .getOrDefault(name, List.of()))
                    .orElseGet(() -> store.firingLabels(transaction))));
  }

  /// The same when the labels of all firing alerts are at hand.
  Moment at(Transaction transaction, Firing firing, long now) {
    Routing by = routing.now();
    return new Moment(
        transaction,
        by,
        now,
        new Inhibitors(by, instance -> instance.map(firing::of).orElseGet(firing::all)));
  }

  /// What keeps people quiet at one moment. Used by one thread, in a transaction.
  final class Moment {
    private final Routing by;
    private final long now;
    private final List<Silence> silences;
    private final Inhibitors inhibitors;

    private Moment(Transaction transaction, Routing by, long now, Inhibitors inhibitors) {
      this.by = by;
      this.now = now;
      this.silences =
          store.silences(transaction).stream()
              .filter(silence -> silence.schedule().holdsAt(now))
              .toList();
      this.inhibitors = inhibitors;
    }

    /// Notes on an incident whether people are to be told of it.
    void suppress(IncidentChanges changes, IncidentRow row, List<Incident.Alert> firing) {
      String reason = reason(firing.stream().map(Incident.Alert::labels).toList());
      if (reason != null && !reason.equals(row.suppressedBy)) {
        changes.event(row, now, "suppressed", reason);
      }
      row.suppressedBy = reason;
    }

    /// Why nobody is told of alerts: null as soon as there is no reason for one of them.
    @Nullable String reason(Collection<Map<String, String>> alerts) {
      String reason = null;
      for (Map<String, String> labels : alerts) {
        Optional<Silence> silence =
            silences.stream().filter(one -> LabelMatcher.all(one.matchers(), labels)).findFirst();
        if (silence.isPresent()) {
          reason = silence.get().word();
        } else if (by.isMuted(by.of(labels), now)) {
          reason = "mute time";
        } else if (inhibitors.inhibit(labels)) {
          reason = "inhibition";
        } else if (waitsForHost(labels)) {
          reason = "dependency";
        } else {
          return null;
        }
      }
      return reason;
    }

    /// What is wrong on a host whose reports are overdue waits until the host is back, or an alert
    /// about the host itself fires and inhibits it.
    private boolean waitsForHost(Map<String, String> labels) {
      String host = labels.get(Label.INSTANCE);
      return host != null && by.canBeInhibited(labels) && hostsInDoubt.test(host);
    }
  }
}
