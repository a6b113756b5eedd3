package io.evenkeel.hub.rules;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A rule that raises one alert for each series of its expression's result.
///
/// @param name the alert's name
/// @param holdDuration how long a series must be in the result before its alert fires (`for`)
/// @param keepFiringFor how long an alert goes on firing after its series left the result
/// @param annotations texts for people; templates
public record AlertingRule(
    String name,
    String expression,
    Duration holdDuration,
    Duration keepFiringFor,
    Map<String, String> labels,
    Map<String, String> annotations,
    int line)
    implements Rule {
  public AlertingRule {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
  }
}
