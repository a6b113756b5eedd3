package io.evenkeel.hub.alert;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rule that raises an alert for each series of its expression's result: one model for rules made
/// in the pages, imported ones and those that every hub starts with.
///
/// @param id stays the same while the rule is the same
/// @param group the rules that are evaluated together
/// @param hold how long a series must be in the result before its alert fires (`for`)
/// @param keepFiring how long an alert goes on after its series left the result
/// @param clear a firing alert ends only while this expression has its series, when there is one
/// @param queryOffset how far before the evaluation's time the expressions look
/// @param limit the most alerts; more make the evaluation fail; 0 = no limit
/// @param holdsOnNoData whether an alert stays as it is while what it measures is missing, instead
///   of ending as in Prometheus
/// @param form the conditions of a rule made in the pages, or null
public record AlertRule(
    String id,
    String group,
    String name,
    String expression,
    Duration hold,
    Duration keepFiring,
    @Nullable String clear,
    Map<String, String> labels,
    Map<String, String> annotations,
    Duration interval,
    Duration queryOffset,
    int limit,
    boolean holdsOnNoData,
    Origin origin,
    @Nullable ThresholdForm form,
    boolean enabled) {
  /// Where a rule comes from.
  public enum Origin {
    /// Every hub starts with it.
    PACK,
    /// An imported rule file.
    FILE,
    /// The pages.
    PAGES
  }

  public AlertRule {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /// How bad its alerts are, as it says itself.
  public String severity() {
    return labels.getOrDefault("severity", "");
  }

  AlertRule enabled(boolean on) {
    return new AlertRule(
        id,
        group,
        name,
        expression,
        hold,
        keepFiring,
        clear,
        labels,
        annotations,
        interval,
        queryOffset,
        limit,
        holdsOnNoData,
        origin,
        form,
        on);
  }
}
