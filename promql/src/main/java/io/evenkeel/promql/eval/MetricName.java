package io.evenkeel.promql.eval;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import java.util.List;
import java.util.Set;

/// The labels that say what is measured: the metric's name, and its type and unit when they are
/// kept as labels. They go together when a value is no longer that quantity.
final class MetricName {
  static final String TYPE = "__type__";
  static final String UNIT = "__unit__";

  static final Set<String> ONLY = Set.of(Label.METRIC_NAME);
  private static final Set<String> ALL = Set.of(Label.METRIC_NAME, TYPE, UNIT);

  private MetricName() {}

  static Labels dropped(Labels labels) {
    return labels.without(ALL);
  }

  /// A series as Prometheus's error messages write it, `{__name__="up", job="x"}`.
  static String text(Labels labels) {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < labels.size(); i++) {
      out.append(i == 0 ? "" : ", ")
          .append(io.evenkeel.promql.parse.Quoting.label(labels.name(i)))
          .append('=')
          .append(io.evenkeel.promql.parse.Quoting.quote(labels.value(i)));
    }
    return out.append('}').toString();
  }

  static String texts(List<Labels> labels) {
    return "[" + String.join(", ", labels.stream().map(MetricName::text).toList()) + "]";
  }
}
