package io.evenkeel.hub.incident;

import io.evenkeel.model.Label;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Which alerts are inhibited by others that fire, at one moment.
///
/// An inhibition that wants equal instances, as nearly all do, is asked for that instance's alerts
/// only, and each answer is kept: thousands of alerts of as many hosts cost one look each. Used by
/// one thread.
final class Inhibitors {
  private final List<Routing.Inhibition> rules;
  private final Function<Optional<String>, List<Map<String, String>>> firing;
  private final Map<Scope, Set<List<String>>> sources = new HashMap<>();

  /// The sources of an inhibition, of one instance or of all.
  private record Scope(int rule, Optional<String> instance) {}

  /// @param firing the labels of the alerts that fire: of an instance (empty for alerts without
  ///   one), or of all
  Inhibitors(Routing routing, Function<Optional<String>, List<Map<String, String>>> firing) {
    this.rules = routing.inhibitions();
    this.firing = firing;
  }

  /// Whether one of the firing alerts inhibits an alert with some labels.
  boolean inhibit(Map<String, String> labels) {
    for (int i = 0; i < rules.size(); i++) {
      Routing.Inhibition rule = rules.get(i);
      if (LabelMatcher.all(rule.target(), labels)
          && sources(i, rule, labels).contains(values(rule, labels))) {
        return true;
      }
    }
    return false;
  }

  /// The values that alerts must have in common with one of the sources.
  private Set<List<String>> sources(int at, Routing.Inhibition rule, Map<String, String> labels) {
    Optional<String> instance =
        rule.equal().contains(Label.INSTANCE)
            ? Optional.of(labels.getOrDefault(Label.INSTANCE, ""))
            : Optional.empty();
    return sources.computeIfAbsent(
        new Scope(at, instance),
        scope -> {
          Set<List<String>> values = new HashSet<>();
          for (Map<String, String> source : firing.apply(scope.instance())) {
            if (LabelMatcher.all(rule.source(), source)) {
              values.add(values(rule, source));
            }
          }
          return values;
        });
  }

  private static List<String> values(Routing.Inhibition rule, Map<String, String> labels) {
    return rule.equal().stream().map(name -> labels.getOrDefault(name, "")).toList();
  }
}
