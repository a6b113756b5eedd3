package io.evenkeel.promql.eval;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.parse.Expr.Binary;
import io.evenkeel.promql.parse.Expr.Cardinality;
import io.evenkeel.promql.parse.Expr.Matching;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which series of the two sides of an operator belong together, and under which labels their
/// result comes.
final class VectorMatching {
  private final Matching matching;
  private final boolean changesMeaning;
  private final Set<String> names;
  private final Set<String> ownLabels;

  VectorMatching(Binary node) {
    this.matching = node.matching();
    this.changesMeaning = node.operator().changesMeaning();
    this.ownLabels = new HashSet<>(matching.labels());
    this.names = new HashSet<>(matching.labels());
    if (!matching.on()) {
      names.add(Label.METRIC_NAME);
    }
  }

  /// The labels by which samples of both sides are paired.
  Labels group(Labels labels) {
    return matching.on() ? labels.keep(names) : labels.without(names);
  }

  /// The series of one match group.
  record Group(Labels labels, List<StepSeries> many, List<StepSeries> one) {}

  /// Every match group that either side has, those of the many side first.
  List<Group> groups(List<StepSeries> many, List<StepSeries> one) {
    Map<Labels, Group> groups = new LinkedHashMap<>();
    many.forEach(series -> groupOf(series, groups).many.add(series));
    one.forEach(series -> groupOf(series, groups).one.add(series));
    return new ArrayList<>(groups.values());
  }

  private Group groupOf(StepSeries series, Map<Labels, Group> groups) {
    return groups.computeIfAbsent(
        group(series.labels()),
        labels -> new Group(labels, new ArrayList<>(2), new ArrayList<>(1)));
  }

  /// At which steps any of the series has a sample.
  static BitSet present(List<StepSeries> series) {
    BitSet present = new BitSet();
    series.forEach(one -> present.or(one.present()));
    return present;
  }

  /// The labels of a result.
  Labels result(Labels many, Labels one) {
    Labels labels = changesMeaning ? MetricName.dropped(many) : many;
    if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
      labels = matching.on() ? labels.keep(ownLabels) : labels.without(ownLabels);
    }
    if (matching.include().isEmpty()) {
      return labels;
    }
    Labels.Builder builder = labels.toBuilder();
    matching.include().forEach(name -> builder.set(name, one.valueOrEmpty(name)));
    return builder.build();
  }
}
