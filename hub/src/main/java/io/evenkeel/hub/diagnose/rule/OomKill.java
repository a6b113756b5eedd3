package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;

/// A process that the kernel killed because memory, of the host or of a unit, was used up.
final class OomKill implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    Optional<Track> unit =
        window.of("evenkeel_unit_memory_events_total").stream()
            .filter(track -> track.label("event").equals("oom_kill") && track.increase() > 0)
            .max(Comparator.comparingDouble(Track::increase));
    Judgement judgement =
        Judgement.of(Cause.OOM_KILL)
            .sign(
                "processes killed",
                "被终止的进程",
                HostLoad.greatest(
                    window.increase("node_vmstat_oom_kill"),
                    unit.map(track -> OptionalDouble.of(track.increase()))
                        .orElse(OptionalDouble.empty())),
                Unit.COUNT,
                0,
                "increase(node_vmstat_oom_kill{instance=\"$host\"}[5m])");
    if (unit.isPresent()) {
      String name = unit.get().label("unit");
      OptionalDouble limited = window.last("evenkeel_unit_memory_max_bytes", "unit", name);
      judgement.about(name).by(Culprits.inUnit(window, name, limited, Unit.BYTES));
      judgement.advise(
          UnitMemory.more(
              window, name, limited, 1.25, Text.of("a quarter more for the unit", "为该单元增加四分之一内存")));
    } else {
      judgement.by(Culprits.ofMemory(window));
    }
    return judgement
        .advise(
            Advice.words(
                "When its memory only ever grows it leaks: compare two profiles of its memory.",
                "若其内存只增不减，说明存在泄漏：比较两次内存剖析。",
                "https://docs.kernel.org/admin-guide/mm/concepts.html"))
        .decide();
  }
}
