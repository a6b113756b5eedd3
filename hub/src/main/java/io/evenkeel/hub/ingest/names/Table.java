package io.evenkeel.hub.ingest.names;

import io.evenkeel.model.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What one collector's series are in node_exporter's names. Immutable.
///
/// @param hostLabels where the host's name stands, the first that is there
/// @param needed a label without which a series is not this collector's; empty for none
/// @param without values of labels of series that are left out, such as sums over others
record Table(
    List<String> hostLabels,
    String needed,
    Map<String, Pattern> without,
    Map<String, List<Row>> rows) {

  static Table of(
      List<String> hostLabels, String needed, Map<String, Pattern> without, List<Row> rows) {
    Map<String, List<Row>> byMetric = new HashMap<>();
    for (Row row : rows) {
      byMetric.computeIfAbsent(row.metric(), unused -> new ArrayList<>()).add(row);
    }
    return new Table(hostLabels, needed, without, byMetric);
  }

  /// A series of this collector and what it is a part of.
  record Part(Row row, Labels target) {}

  /// What a series is in node_exporter's names; nothing when it is none of this collector's.
  List<Part> parts(Labels labels) {
    List<Row> candidates = rows.get(labels.metricName());
    if (candidates == null || (!needed.isEmpty() && labels.get(needed) == null)) {
      return List.of();
    }
    String instance =
        hostLabels.stream()
            .map(labels::valueOrEmpty)
            .filter(v -> !v.isEmpty())
            .findFirst()
            .orElse("");
    List<Part> parts = new ArrayList<>();
    for (Row row : instance.isEmpty() ? List.<Row>of() : candidates) {
      Labels target = row.apply(labels, instance, without);
      if (target != null) {
        parts.add(new Part(row, target));
      }
    }
    return parts;
  }
}
