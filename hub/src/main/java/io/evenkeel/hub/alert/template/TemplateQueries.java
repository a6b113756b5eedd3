package io.evenkeel.hub.alert.template;

import java.util.List;
import java.util.Map;

/// Evaluates the expressions of `{{ query "…" }}`.
public interface TemplateQueries {
  /// One sample of the answer.
  record Sample(Map<String, String> labels, double value) {}

  /// @throws TemplateException when the expression has no answer
  List<Sample> query(String expression);

  /// For places where no query is allowed.
  TemplateQueries NONE =
      expression -> {
        throw new TemplateException("no query is allowed here");
      };
}
