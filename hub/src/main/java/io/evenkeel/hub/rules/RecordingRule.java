package io.evenkeel.hub.rules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A rule that stores the result of its expression as a metric.
///
/// @param name the metric
public record RecordingRule(String name, String expression, Map<String, String> labels, int line)
    implements Rule {
  public RecordingRule {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }
}
