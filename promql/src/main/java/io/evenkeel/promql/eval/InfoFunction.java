package io.evenkeel.promql.eval;

import com.google.re2j.Pattern;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Expr.Call;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// info(): gives series the labels of the info metrics, such as target_info, of the same job and
/// instance.
final class InfoFunction {
  private static final String TARGET_INFO = "target_info";
  private static final List<String> IDENTIFYING = List.of(Label.INSTANCE, Label.JOB);

  private final Evaluation evaluation;
  private final Selection selection;

  InfoFunction(Evaluation evaluation, Selection selection) {
    this.evaluation = evaluation;
    this.selection = selection;
  }

  Result call(Call call, Steps steps) {
    Expr base = call.arguments().getFirst();
    List<StepSeries> series = evaluation.vector(base, steps);
    List<Matcher> matchers =
        call.arguments().size() > 1
                && call.arguments().get(1).bare() instanceof VectorSelector selector
            ? selector.matchers()
            : List.of();
    List<Matcher> names = new ArrayList<>();
    List<Matcher> data = new ArrayList<>();
    for (Matcher matcher : matchers) {
      (matcher.name().equals(Label.METRIC_NAME) ? names : data).add(matcher);
    }
    if (names.isEmpty()) {
      names.add(Matcher.equal(Label.METRIC_NAME, TARGET_INFO));
    }
    List<StepSeries> infos = infoSeries(base, series, names, data, steps);
    return new Combination(names, data, infos, steps).of(series);
  }

  private static boolean isInfo(List<Matcher> names, Labels labels) {
    return names.stream().allMatch(matcher -> matcher.matches(labels.metricName()));
  }

  /// The info series of the jobs and instances at hand; their values are their samples' times.
  private List<StepSeries> infoSeries(
      Expr base, List<StepSeries> series, List<Matcher> names, List<Matcher> data, Steps steps) {
    Map<String, Set<String>> identities = new TreeMap<>();
    for (StepSeries one : series) {
      if (!isInfo(names, one.labels())) {
        for (String label : IDENTIFYING) {
          String value = one.labels().get(label);
          if (value != null) {
            identities.computeIfAbsent(label, key -> new TreeSet<>()).add(value);
          }
        }
      }
    }
    if (identities.isEmpty()) {
      return List.of();
    }
    List<Matcher> matchers = new ArrayList<>(names);
    identities.forEach((label, values) ->
        matchers.add(
            new Matcher(
                label,
                Matcher.Operator.MATCHES,
                String.join("|", values.stream().map(Pattern::quote).toList()))));
    matchers.addAll(data);
    List<StepSeries> found = new ArrayList<>();
    Steps looks = evaluation.shifted(when(base).orElse(When.NOW), steps);
    selection.select(
        matchers,
        looks,
        false,
        Selection.Aspect.TIME,
        false,
        info -> {
          if (looks.count() == steps.count()) {
            found.add(info);
          } else {
            StepSeries spread = StepSeries.empty(info.labels(), false, steps.count());
            for (int step = 0; step < steps.count(); step++) {
              spread.copy(info, 0, step);
            }
            found.add(spread);
          }
        });
    return found;
  }

  /// The modifiers of the first selector inside of an expression: info is looked up at its times.
  private static Optional<When> when(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral number -> Optional.empty();
      case Expr.StringLiteral string -> Optional.empty();
      case VectorSelector selector -> Optional.of(selector.when());
      case Expr.MatrixSelector matrix -> Optional.of(matrix.vector().when());
      case Expr.Subquery subquery -> when(subquery.inner());
      case Expr.Call call -> first(call.arguments());
      case Expr.Aggregate aggregate -> when(aggregate.inner());
      case Expr.Binary binary -> first(List.of(binary.left(), binary.right()));
      case Expr.Unary unary -> when(unary.inner());
      case Expr.Parenthesis parenthesis -> when(parenthesis.inner());
    };
  }

  private static Optional<When> first(List<Expr> expressions) {
    return expressions.stream().map(InfoFunction::when).flatMap(Optional::stream).findFirst();
  }

  /// Joins series with info series step by step.
  private static final class Combination {
    private final List<Matcher> names;
    private final List<Matcher> data;
    private final Set<String> wanted = new HashSet<>();
    private final Steps steps;

    /// Info series by metric, then by what identifies their target.
    private final Map<String, Map<Labels, List<StepSeries>>> infos = new LinkedHashMap<>();

    Combination(List<Matcher> names, List<Matcher> data, List<StepSeries> infos, Steps steps) {
      this.names = names;
      this.data = data;
      this.steps = steps;
      data.forEach(matcher -> wanted.add(matcher.name()));
      for (StepSeries info : infos) {
        this.infos
            .computeIfAbsent(info.labels().metricName(), key -> new HashMap<>())
            .computeIfAbsent(info.labels().keep(IDENTIFYING), key -> new ArrayList<>())
            .add(info);
      }
    }

    Result of(List<StepSeries> series) {
      boolean mayLack = data.stream().allMatch(Matcher::matchesEmpty);
      Map<Labels, StepSeries> answer = new LinkedHashMap<>();
      List<StepSeries> unchanged = new ArrayList<>();
      for (StepSeries one : series) {
        if (isInfo(names, one.labels())) {
          unchanged.add(one);
          continue;
        }
        Map<Set<StepSeries>, Labels> known = new HashMap<>();
        for (int step = 0; step < steps.count(); step++) {
          if (!one.has(step)) {
            continue;
          }
          Set<StepSeries> matching = matching(one.labels(), step);
          if (matching.isEmpty() && !mayLack) {
            continue;
          }
          Labels labels = known.get(matching);
          if (labels == null) {
            labels = enriched(one.labels(), matching);
            known.put(matching, labels);
          }
          Labels identity = labels;
          StepSeries result =
              answer.computeIfAbsent(
                  identity, key -> StepSeries.empty(key, one.dropsName(), steps.count()));
          if (result.has(step)) {
            throw LabelSets.sameLabels();
          }
          result.copy(one, step, step);
        }
      }
      unchanged.addAll(answer.values());
      return new Result.Vector(LabelSets.merged(unchanged, steps.count()));
    }

    /// The newest info series of each metric for a target at a step.
    private Set<StepSeries> matching(Labels labels, int step) {
      Labels target = labels.keep(IDENTIFYING);
      Set<StepSeries> matching = new LinkedHashSet<>();
      for (Map<Labels, List<StepSeries>> metric : infos.values()) {
        StepSeries newest = newest(metric.getOrDefault(target, List.of()), step);
        if (newest != null) {
          matching.add(newest);
        }
      }
      return matching;
    }

    private static @Nullable StepSeries newest(List<StepSeries> candidates, int step) {
      StepSeries newest = null;
      StepSeries equal = null;
      for (StepSeries candidate : candidates) {
        if (!candidate.has(step)) {
          continue;
        }
        if (newest == null || candidate.values()[step] > newest.values()[step]) {
          newest = candidate;
          equal = null;
        } else if (candidate.values()[step] == newest.values()[step]) {
          equal = candidate;
        }
      }
      if (newest != null && equal != null) {
        long millis = Math.round(newest.values()[step] * 1000);
        throw new QueryException.Failed(
            "found duplicate series for info metric: existing %s @ %d, new %s @ %d"
                .formatted(
                    MetricName.text(newest.labels()),
                    millis,
                    MetricName.text(equal.labels()),
                    millis));
      }
      return newest;
    }

    private Labels enriched(Labels labels, Set<StepSeries> matching) {
      Map<String, String> added = new HashMap<>();
      for (StepSeries info : matching) {
        for (int i = 0; i < info.labels().size(); i++) {
          String name = info.labels().name(i);
          String value = info.labels().value(i);
          if (name.equals(Label.METRIC_NAME) || (!wanted.isEmpty() && !wanted.contains(name))) {
            continue;
          }
          String before = added.get(name);
          if (before != null && !before.equals(value)) {
            throw new QueryException.Failed("conflicting label: " + name);
          }
          if (labels.get(name) == null) {
            added.put(name, value);
          }
        }
      }
      if (added.isEmpty()) {
        return labels;
      }
      Labels.Builder builder = labels.toBuilder();
      added.forEach(builder::set);
      return builder.build();
    }
  }
}
