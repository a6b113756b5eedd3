package io.evenkeel.hub.diagnose;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Finding;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Verdict;
import io.evenkeel.hub.diagnose.rule.DiagnosisRule;
import io.evenkeel.hub.diagnose.rule.DiagnosisRules;
import io.evenkeel.model.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Reaches a verdict over a window: asks every rule, ranks what they found (errors before
/// saturation before utilisation, then how far beyond the thresholds), and lets a cause take what
/// follows from it. Deterministic and stateless.
public final class Diagnosis {
  private static final Comparator<Outcome.Found> WORST_FIRST =
      Comparator.<Outcome.Found, Integer>comparing(found -> found.cause().tier().ordinal())
          .thenComparing(
              Comparator.<Outcome.Found>comparingDouble(
                      found -> found.strength() * found.confidence())
                  .reversed())
          .thenComparing(Outcome.Found::cause);

  private Diagnosis() {}

  public static Verdict of(EvidenceWindow window) {
    List<Outcome.Found> found = new ArrayList<>();
    List<Verdict.Exonerated> exonerated = new ArrayList<>();
    List<Verdict.NotJudged> unknown = new ArrayList<>();
    for (DiagnosisRule rule : DiagnosisRules.ALL) {
      switch (rule.judge(window)) {
        case Outcome.Found one -> found.add(one);
        case Outcome.Clear clear ->
            exonerated.add(
                new Verdict.Exonerated(
                    clear.cause(),
                    clear.cause().title(),
                    clear.evidence(),
                    clear.headroom().isPresent() ? clear.headroom().getAsDouble() : null));
        case Outcome.Unknown open ->
            unknown.add(new Verdict.NotJudged(open.cause(), open.cause().title(), open.reason()));
      }
    }
    return new Verdict(
        window.fromMillis(), window.toMillis(), rank(found), exonerated, unknown, notes(window));
  }

  private static List<Finding> rank(List<Outcome.Found> found) {
    Set<Cause> causes = found.stream().map(Outcome.Found::cause).collect(Collectors.toSet());
    Set<Cause> explained =
        causes.stream()
            .flatMap(cause -> CausalOrder.explainedBy(cause).stream())
            .collect(Collectors.toSet());
    return found.stream()
        .filter(one -> !explained.contains(one.cause()))
        .sorted(WORST_FIRST)
        .map(one -> finding(one, causes))
        .toList();
  }

  private static Finding finding(Outcome.Found found, Set<Cause> causes) {
    return new Finding(
        found.cause(),
        found.cause().tier(),
        found.cause().title(),
        found.subject(),
        found.confidence(),
        found.evidence(),
        found.culprit().orElse(null),
        found.advice(),
        reachable(found.cause(), causes));
  }

  /// What follows from a cause, also by way of what follows from it, in the catalogue's order.
  private static List<Cause> reachable(Cause cause, Set<Cause> causes) {
    Set<Cause> reached = new java.util.TreeSet<>();
    List<Cause> open = new ArrayList<>(List.of(cause));
    while (!open.isEmpty()) {
      for (Cause next : CausalOrder.explainedBy(open.removeLast())) {
        if (causes.contains(next) && reached.add(next)) {
          open.add(next);
        }
      }
    }
    return List.copyOf(reached);
  }

  private static List<Text> notes(EvidenceWindow window) {
    List<Text> notes = new ArrayList<>();
    window
        .absences()
        .forEach(reason -> notes.add(Text.of("not available: " + reason, "不可用：" + reason)));
    if (!window.isEmpty() && window.of("node_pressure_cpu_waiting_seconds_total").isEmpty()) {
      notes.add(
          Text.of(
              "no pressure stall information: waits are judged by queues alone",
              "没有 PSI 压力信息：仅按队列判断等待"));
    }
    List<String> resets = window.resets();
    if (!resets.isEmpty()) {
      String names = String.join(", ", resets.subList(0, Math.min(3, resets.size())));
      notes.add(
          Text.of(
              resets.size()
                  + " counters began anew in the window ("
                  + names
                  + " …): what they lost is not counted",
              "窗口内有 " + resets.size() + " 个计数器重置(" + names + " …):丢失的部分未计入"));
    }
    if (!window.isEmpty() && window.seconds() < 5) {
      notes.add(Text.of("the window is short: less than five seconds of samples", "窗口过短：样本不足五秒"));
    }
    return notes;
  }
}
