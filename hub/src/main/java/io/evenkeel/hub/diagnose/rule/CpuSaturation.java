package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Culprit;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.Optional;
import java.util.OptionalDouble;

/// Processors that are busy while tasks wait for them: busy above 90 % and pressure above 20 %;
/// without pressure information more than two runnable tasks for each processor (brendangregg.com,
/// the USE method; Documentation/accounting/psi.rst).
final class CpuSaturation implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble pressure = HostLoad.pressure(window, "cpu_waiting");
    OptionalDouble runnable = HostLoad.ratio(window.mean("node_procs_running"), window.cores());
    Judgement judgement =
        Judgement.of(Cause.CPU_SATURATION)
            .sign("CPU busy", "处理器占用", HostLoad.busy(window), Unit.RATIO, 0.9, HostLoad.BUSY_QUERY);
    if (pressure.isPresent()) {
      judgement
          .sign(
              "tasks waiting for CPU (PSI some)",
              "任务等待处理器(PSI some)",
              pressure,
              Unit.RATIO,
              0.2,
              HostLoad.pressureQuery("cpu_waiting"))
          .support("runnable tasks for each CPU", "每处理器可运行任务", runnable, Unit.COUNT, 1.5, "");
    } else {
      judgement.sign("runnable tasks for each CPU", "每处理器可运行任务", runnable, Unit.COUNT, 2, "");
    }
    Optional<Culprit> culprit = Culprits.ofProcessor(window);
    culprit
        .filter(who -> !who.unit().isEmpty() && !who.unit().equals("init.scope"))
        .ifPresent(who ->
            judgement.advise(
                Advice.turn(
                    new Advice.Change("CPUWeight", who.unit(), "", "50", 10, 100),
                    Text.of(
                        "gives " + who.unit() + " half the share of the others while CPU is short",
                        "处理器紧张时，让 " + who.unit() + " 只占其他单元一半的份额"),
                    "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html")));
    return judgement
        .by(culprit)
        .advise(
            Advice.words(
                "Profile the process at the top, move it elsewhere, or add processors.",
                "对占用最多的进程做性能剖析，将其迁走，或增加处理器。",
                "https://www.brendangregg.com/usemethod.html"))
        .decide();
  }
}
