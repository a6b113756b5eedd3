package io.evenkeel.hub.rules;

import java.util.Map;

/// One rule of a group.
public sealed interface Rule permits RecordingRule, AlertingRule {
  /// The metric that it records, or the alert's name.
  String name();

  /// Its PromQL expression, as it is written.
  String expression();

  /// The labels it adds, those of its group included; an empty value removes the label. In an
  /// alerting rule the values are templates.
  Map<String, String> labels();

  /// Its line in the file, from 1.
  int line();
}
