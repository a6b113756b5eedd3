package io.evenkeel.hub.incident;

import io.evenkeel.model.Label;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The labels of all alerts that fire, by incident and by the instance they are about.
final class Firing {
  private final List<Map<String, String>> all = new ArrayList<>();
  private final Map<String, List<Map<String, String>>> byIncident = new HashMap<>();
  private final Map<String, List<Map<String, String>>> byInstance = new HashMap<>();

  void add(String incidentId, Map<String, String> labels) {
    all.add(labels);
    byIncident.computeIfAbsent(incidentId, id -> new ArrayList<>()).add(labels);
    byInstance
        .computeIfAbsent(labels.getOrDefault(Label.INSTANCE, ""), name -> new ArrayList<>())
        .add(labels);
  }

  List<Map<String, String>> all() {
    return all;
  }

  /// Those about an instance; empty for those about none.
  List<Map<String, String>> of(String instance) {
    return byInstance.getOrDefault(instance, List.of());
  }

  /// Those of an incident, newest first.
  List<Map<String, String>> in(String incidentId) {
    return byIncident.getOrDefault(incidentId, List.of());
  }
}
