package io.evenkeel.promql.eval;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Keeps series apart by their labels: those with the same ones are joined where they have samples
/// at different steps, and refused where they have them at the same.
final class LabelSets {
  private LabelSets() {}

  /// What keeps series apart. One that will lose its name at the end is not the one that keeps it:
  /// a range query must name each point as an instant query would.
  private record Identity(Labels labels, boolean dropsName) {}

  static QueryException sameLabels() {
    return new QueryException.Failed("vector cannot contain metrics with the same labelset");
  }

  /// The series with every identity once.
  static List<StepSeries> merged(List<StepSeries> series, int steps) {
    if (areDistinct(series)) {
      return series;
    }
    Map<Identity, StepSeries> byIdentity = new LinkedHashMap<>();
    for (StepSeries one : series) {
      if (one.isEmpty()) {
        continue;
      }
      Identity identity = new Identity(one.labels(), one.dropsName());
      StepSeries other = byIdentity.get(new Identity(one.labels(), !one.dropsName()));
      if (other != null && other.present().intersects(one.present())) {
        throw sameLabels();
      }
      StepSeries before = byIdentity.putIfAbsent(identity, one);
      if (before == null) {
        continue;
      }
      if (before.present().intersects(one.present())) {
        throw sameLabels();
      }
      StepSeries both = StepSeries.empty(one.labels(), one.dropsName(), steps);
      before.present().stream().forEach(step -> both.copy(before, step, step));
      one.present().stream().forEach(step -> both.copy(one, step, step));
      byIdentity.put(identity, both);
    }
    return new ArrayList<>(byIdentity.values());
  }

  private static boolean areDistinct(List<StepSeries> series) {
    Set<Labels> seen = HashSet.newHashSet(series.size());
    for (StepSeries one : series) {
      if (!seen.add(one.labels())) {
        return false;
      }
    }
    return true;
  }

  /// The final answer: names are removed where values are no longer that quantity.
  static List<StepSeries> named(List<StepSeries> series, int steps) {
    List<StepSeries> named = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      if (one.isEmpty()) {
        continue;
      }
      named.add(one.dropsName() ? one.relabelled(MetricName.dropped(one.labels()), false) : one);
    }
    return merged(named, steps);
  }
}
