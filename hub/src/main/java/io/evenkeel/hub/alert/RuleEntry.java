package io.evenkeel.hub.alert;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rule as somebody enters it in the pages: either conditions or an expression.
///
/// @param form conditions; else `expression` is there
/// @param holdSeconds how long it must hold before the alert fires
public record RuleEntry(
    String name,
    @Nullable ThresholdForm form,
    @Nullable String expression,
    @Nullable String clear,
    int holdSeconds,
    int keepFiringSeconds,
    String severity,
    Map<String, String> labels,
    Map<String, String> annotations) {
  /// An entry with its id.
  public record Stored(String id, RuleEntry entry) {}
}
