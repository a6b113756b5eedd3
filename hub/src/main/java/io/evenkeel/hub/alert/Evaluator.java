package io.evenkeel.hub.alert;

import io.evenkeel.hub.alert.template.Template;
import io.evenkeel.hub.alert.template.TemplateException;
import io.evenkeel.hub.alert.template.TemplateQueries;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Evaluates one rule at one time. Safe for use by many threads; computes on the caller's.
public final class Evaluator {
  private static final int MOST_QUERIES_OF_AN_ALERT = 10;
  private static final int MOST_QUERIES_IN_A_ROUND = 1_000;

  /// A missing series is held back this long, twice the look-back of an instant query.
  private static final Duration REMOVED_AFTER = Duration.ofMinutes(10);

  private final QueryEngine queries;
  private final String externalUrl;
  private final Map<String, String> externalLabels;
  private final boolean renewsTexts;
  private final Map<String, Template> templates = new java.util.concurrent.ConcurrentHashMap<>();

  /// An evaluator whose alerts keep the annotations that they fired with.
  Evaluator(QueryEngine queries, String externalUrl) {
    this(queries, externalUrl, Map.of(), false);
  }

  /// @param externalLabels what templates see as `$externalLabels`
  /// @param renewsTexts whether a firing alert's annotations are filled anew each time, as in
  ///   Prometheus
  public Evaluator(
      QueryEngine queries,
      String externalUrl,
      Map<String, String> externalLabels,
      boolean renewsTexts) {
    this.queries = queries;
    this.externalUrl = externalUrl;
    this.externalLabels = Map.copyOf(externalLabels);
    this.renewsTexts = renewsTexts;
  }

  /// How many queries the templates of one evaluation may still ask: few for each alert, so that
  /// many alerts at once do not take them from each other, and a bound on all. Used by one thread.
  private static final class QueryBudget {
    private int inRound = MOST_QUERIES_IN_A_ROUND;
    private int ofAlert;

    void nextAlert() {
      ofAlert = MOST_QUERIES_OF_AN_ALERT;
    }

    void take() {
      if (ofAlert-- <= 0 || inRound-- <= 0) {
        throw new TemplateException("too many queries in templates");
      }
    }
  }

  /// What an evaluation came to.
  ///
  /// @param next every alert that is not inactive, by fingerprint
  /// @param changed those whose state must be kept, new ones included
  /// @param gone those that are over
  public record Result(
      Map<String, AlertState> next,
      List<AlertState> changed,
      List<AlertState> gone,
      List<Transition> transitions) {
    Result with(List<Transition> others) {
      return new Result(next, changed, gone, others);
    }
  }

  /// Evaluates.
  ///
  /// @param before the rule's alerts, by fingerprint
  /// @param hosts only these hosts' part, or null for all
  /// @throws QueryException when the expression has no answer
  public Result evaluate(
      AlertRule rule, Map<String, AlertState> before, @Nullable Set<String> hosts, long now) {
    Map<String, AlertState> next = new LinkedHashMap<>();
    List<AlertState> changed = new ArrayList<>();
    List<AlertState> gone = new ArrayList<>();
    List<Transition> transitions = new ArrayList<>();
    List<Value.VectorSample> samples = vector(scoped(rule.expression(), hosts), looksAt(rule, now));
    if (rule.limit() > 0 && samples.size() > rule.limit()) {
      throw new QueryException.Failed(
          "exceeded limit of " + rule.limit() + " with " + samples.size() + " alerts");
    }
    QueryBudget budget = new QueryBudget();
    for (Value.VectorSample sample : samples) {
      if (isOfOthers(sample.labels(), hosts)) {
        continue;
      }
      budget.nextAlert();
      Labels labels = labels(rule, sample, now, budget);
      String print = AlertStore.fingerprint(labels);
      AlertState old = before.get(print);
      Map<String, String> told = old != null && old.isFiring() ? old.annotations() : Map.of();
      boolean known = old != null && old.isFiring();
      AlertState state = StateMachine.present(rule, old, labels, told, sample.value(), now);
      if (state.isFiring() && (!known || renewsTexts)) {
        state = withAnnotations(rule, state, sample, now, budget);
      }
      if (next.put(print, state) != null) {
        throw new QueryException.Failed(
            "vector contains metrics with the same labelset after applying alert labels");
      }
      if (state.isFiring() && !known) {
        transitions.add(new Transition(Transition.Kind.FIRED, rule, state, now));
      }
      if (old == null || old.phase() != state.phase() || old.noData() != state.noData()) {
        changed.add(state);
      }
    }
    absent(rule, before, hosts, now, next, changed, gone, transitions);
    return new Result(next, changed, gone, transitions);
  }

  private void absent(
      AlertRule rule,
      Map<String, AlertState> before,
      @Nullable Set<String> hosts,
      long now,
      Map<String, AlertState> next,
      List<AlertState> changed,
      List<AlertState> gone,
      List<Transition> transitions) {
    Set<Labels> measured = null;
    Set<Labels> cleared = null;
    for (Map.Entry<String, AlertState> entry : before.entrySet()) {
      AlertState old = entry.getValue();
      if (next.containsKey(entry.getKey())) {
        continue;
      }
      if (isOfOthers(old.labels(), hosts)) {
        next.put(entry.getKey(), old);
        continue;
      }
      boolean noData = false;
      if (rule.holdsOnNoData()) {
        var split = ExpressionScope.split(rule.expression());
        if (split.isPresent()) {
          if (measured == null) {
            measured = identities(rule, scoped(split.get().signal(), hosts), now);
          }
          noData = !measured.contains(identity(rule, old.labels()));
        }
      }
      // A mount or device that was taken away: what it would clear by is gone too.
      boolean removed = noData && isRemoved(old, measured, now);
      noData &= !removed;
      boolean clear = true;
      String expression = rule.clear();
      if (expression != null && old.isFiring() && !removed) {
        if (cleared == null) {
          cleared = identities(rule, scoped(expression, hosts), now);
        }
        clear = cleared.contains(identity(rule, old.labels()));
      }
      AlertState state = StateMachine.absent(rule, old, noData, clear, now);
      if (state == null) {
        gone.add(old);
        if (old.isFiring()) {
          transitions.add(new Transition(Transition.Kind.RESOLVED, rule, old, now));
        }
      } else {
        next.put(entry.getKey(), state);
        if (old.phase() != state.phase() || old.noData() != state.noData()) {
          changed.add(state);
        }
      }
    }
  }

  /// Whether a part of a host was removed: it has long been missing while the host reports others
  /// of its kind. A host that reports none of them may have lost its collector; that is no data.
  private static boolean isRemoved(AlertState old, @Nullable Set<Labels> measured, long now) {
    String host = old.labels().get(Label.INSTANCE);
    return host != null
        && measured != null
        && now - old.lastTrueAt() >= REMOVED_AFTER.toMillis()
        && measured.stream().anyMatch(labels -> host.equals(labels.get(Label.INSTANCE)));
  }

  private static String scoped(String expression, @Nullable Set<String> hosts) {
    return hosts == null ? expression : ExpressionScope.forHosts(expression, hosts);
  }

  private static boolean isOfOthers(Labels labels, @Nullable Set<String> hosts) {
    return hosts != null && !hosts.contains(labels.valueOrEmpty(Label.INSTANCE));
  }

  /// The series of an expression, by the labels that alerts take over.
  private Set<Labels> identities(AlertRule rule, String expression, long now) {
    Set<Labels> all = new HashSet<>();
    for (Value.VectorSample sample : vector(expression, looksAt(rule, now))) {
      all.add(identity(rule, sample.labels()));
    }
    return all;
  }

  /// What of a series' labels its alert keeps.
  static Labels identity(AlertRule rule, Labels labels) {
    Set<String> own = new HashSet<>(rule.labels().keySet());
    own.add(Label.METRIC_NAME);
    own.add("alertname");
    return labels.without(own);
  }

  private static long looksAt(AlertRule rule, long now) {
    return now - rule.queryOffset().toMillis();
  }

  private List<Value.VectorSample> vector(String expression, long at) {
    Value value =
        queries
            .query(
                QueryRequest.instant(expression, at)
                    .withCancelled(() -> Thread.currentThread().isInterrupted()))
            .value();
    return switch (value) {
      case Value.InstantVector(List<Value.VectorSample> samples) -> samples;
      case Value.Scalar(long time, double number) ->
          List.of(new Value.VectorSample(Labels.empty(), time, number, null));
      case Value.Text text -> List.of();
      case Value.RangeVector range -> List.of();
    };
  }

  private Labels labels(AlertRule rule, Value.VectorSample sample, long now, QueryBudget budget) {
    Labels.Builder labels = sample.labels().toBuilder().remove(Label.METRIC_NAME);
    rule.labels().forEach((name, text) -> labels.set(name, fill(text, sample, now, budget)));
    return labels.set("alertname", rule.name()).build();
  }

  private AlertState withAnnotations(
      AlertRule rule, AlertState state, Value.VectorSample sample, long now, QueryBudget budget) {
    Map<String, String> annotations = new HashMap<>();
    rule.annotations()
        .forEach((name, text) -> annotations.put(name, fill(text, sample, now, budget)));
    return new AlertState(
        state.ruleId(),
        state.labels(),
        annotations,
        state.phase(),
        state.noData(),
        state.activeAt(),
        state.firedAt(),
        state.lastTrueAt(),
        state.value());
  }

  private String fill(String text, Value.VectorSample sample, long now, QueryBudget budget) {
    if (!text.contains("{{")) {
      return Template.bounded(text);
    }
    TemplateQueries answers =
        expression -> {
          budget.take();
          try {
            return vector(expression, now).stream()
                .map(one -> new TemplateQueries.Sample(one.labels().toMap(), one.value()))
                .toList();
          } catch (QueryException e) {
            throw new TemplateException(String.valueOf(e.getMessage()));
          }
        };
    Template template;
    try {
      template = templates.computeIfAbsent(text, Template::parse);
    } catch (TemplateException e) {
      return "<error expanding template: " + e.getMessage() + ">";
    }
    return template.fill(
        sample.labels().without(List.of(Label.METRIC_NAME)).toMap(),
        sample.value(),
        externalUrl,
        externalLabels,
        answers);
  }
}
