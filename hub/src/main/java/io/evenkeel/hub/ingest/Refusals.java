package io.evenkeel.hub.ingest;

import io.evenkeel.hub.clean.Doubt;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Why parts of a delivery were refused, for its sender to read. Not thread-safe.
final class Refusals {
  private final Map<String, Integer> reasons = new TreeMap<>();
  private final List<String> details = new ArrayList<>();

  /// Adds refusals for one reason; none is fine.
  Refusals count(String reason, int count) {
    if (count > 0) {
      reasons.merge(reason, count, Integer::sum);
    }
    return this;
  }

  Refusals details(List<String> more) {
    details.addAll(more);
    return this;
  }

  /// Adds what cleaning and the store refused; what is stored already is no refusal.
  Refusals of(Ingest.Outcome outcome) {
    count("impossible_value", outcome.cleaned().refused());
    outcome
        .stored()
        .rejected()
        .forEach((reason, count) -> {
          if (reason != Rejection.DUPLICATE) {
            count(Doubt.of(reason).label(), count);
          }
        });
    return details(outcome.stored().details());
  }

  boolean isEmpty() {
    return reasons.isEmpty();
  }

  int total() {
    return reasons.values().stream().mapToInt(Integer::intValue).sum();
  }

  /// All of it, in one sentence.
  String sentence() {
    return total()
        + " samples were refused ("
        + reasons
        + "), the others are stored"
        + (reasons.containsKey(Doubt.SOURCE_SERIES_LIMIT.label())
            ? " ('limits.seriesPerAgent' and 'limits.series' in the hub's settings file say how"
                + " many series a sender may bring)"
            : "")
        + (details.isEmpty() ? "" : ": " + String.join("; ", details));
  }
}
